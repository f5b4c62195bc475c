from django.urls import path

from kepu.people.views import desk, public, teams, volunteers

urlpatterns = [
    path("verify/", public.verify_form, name="verify"),
    path("verify/<str:code>", public.verify, name="verify-code"),
    path("people/stations/", public.stations, name="stations"),
    path("people/models/", public.notice_board, name="notice-board"),
    path("people/calls/", public.calls, name="calls"),
    path("people/calls/<int:call_id>/<str:verb>/", public.act_on_call, name="call-act"),
    path("people/me/", volunteers.me, name="people-me"),
    path("people/join/", volunteers.sign_up, name="volunteer-sign-up"),
    path("people/me/profile/", volunteers.profile, name="volunteer-profile"),
    path("people/me/leave/", volunteers.leave, name="volunteer-leave"),
    path("people/me/certificate/", volunteers.issue, name="certificate-issue"),
    path("people/certificates/<str:code>.pdf", volunteers.pdf, name="certificate-pdf"),
    path("people/record/<int:person_id>/", volunteers.record, name="person-record"),
    path("people/hours/<int:service_id>/<str:verb>/", volunteers.act_on_hours, name="hours-act"),
    path(
        "people/absences/<int:absence_id>/<str:verb>/",
        volunteers.act_on_absence,
        name="absence-act",
    ),
    path("people/teams/", teams.listed, name="teams"),
    path("people/teams/new/", teams.new, name="team-new"),
    path("people/teams/<int:team_id>/", teams.show, name="team"),
    path("people/teams/<int:team_id>/edit/", teams.edit, name="team-edit"),
    path("people/teams/<int:team_id>/do/<str:verb>/", teams.act, name="team-act"),
    path(
        "people/teams/members/<int:membership_id>/<str:verb>/",
        teams.act_on_member,
        name="member-act",
    ),
    path("people/desk/", desk.waiting, name="people-desk"),
    path(
        "people/desk/volunteers/<int:volunteer_id>/<str:verb>/", desk.decide, name="volunteer-act"
    ),
    path("people/export/<str:kind>/<str:format>/", desk.export, name="people-export"),
    path("people/import/<str:kind>/", desk.take_in, name="people-import"),
    path("people/import/<str:kind>/template.xlsx", desk.template, name="people-import-template"),
]
