from django.urls import path

from kepu.appraisal.views import applications, calls, deciding, programmes, titles

urlpatterns = [
    path("calls/", calls.listed, name="calls"),
    path("calls/desk/", calls.desk, name="call-desk"),
    path("calls/new/", calls.new, name="call-new"),
    path("calls/<int:call_id>/", calls.show, name="call"),
    path("calls/<int:call_id>/open/", calls.open_call, name="call-open"),
    path("calls/<int:call_id>/seed/", calls.publish_seed, name="call-seed"),
    path("calls/<int:call_id>/finish/", calls.finish, name="call-finish"),
    path("calls/<int:call_id>/cancel/", calls.cancel, name="call-cancel"),
    path("calls/<int:call_id>/apply/", applications.apply, name="call-apply"),
    path("calls/<int:call_id>/notice/", deciding.notice, name="notice"),
    path("calls/<int:call_id>/notice/put/", deciding.put_in_notice, name="notice-put"),
    path("calls/<int:call_id>/notice/<str:code>/object/", deciding.object_to, name="notice-object"),
    path("objections/<int:objection_id>/answer/", deciding.answer, name="objection-answer"),
    path("applications/", applications.mine, name="applications"),
    path("applications/desk/", applications.desk, name="application-desk"),
    path("applications/<int:application_id>/", applications.show, name="application"),
    path("applications/<int:application_id>/edit/", applications.edit, name="application-edit"),
    path(
        "applications/<int:application_id>/submit/", applications.submit, name="application-submit"
    ),
    path(
        "applications/<int:application_id>/withdraw/",
        applications.withdraw,
        name="application-withdraw",
    ),
    path(
        "applications/<int:application_id>/recommend/",
        applications.recommend,
        name="application-recommend",
    ),
    path(
        "applications/<int:application_id>/check/",
        applications.pass_check,
        name="application-check",
    ),
    path(
        "applications/<int:application_id>/send-back/",
        applications.send_back,
        name="application-send-back",
    ),
    path(
        "applications/<int:application_id>/propose/",
        applications.propose,
        name="application-propose",
    ),
    path("applications/<int:application_id>/name/", applications.name, name="application-name"),
    path(
        "applications/<int:application_id>/refuse/", applications.refuse, name="application-refuse"
    ),
    path("programmes/", programmes.listed, name="programmes"),
    path("programmes/new/", programmes.new, name="programme-new"),
    path("programmes/drafts/<int:draft_id>/", programmes.draft, name="programme-draft"),
    path("programmes/drafts/<int:draft_id>/preview/", programmes.preview, name="programme-preview"),
    path("programmes/drafts/<int:draft_id>/try/", programmes.dry_run, name="programme-try"),
    path("programmes/drafts/<int:draft_id>/issue/", programmes.issue, name="programme-issue"),
    path("programmes/drafts/<int:draft_id>/discard/", programmes.discard, name="programme-discard"),
    path(
        "programmes/drafts/<int:draft_id>/<str:key>/", programmes.section, name="programme-section"
    ),
    path(
        "programmes/drafts/<int:draft_id>/<str:key>/add/", programmes.row, name="programme-row-new"
    ),
    path(
        "programmes/drafts/<int:draft_id>/<str:key>/<int:at>/", programmes.row, name="programme-row"
    ),
    path(
        "programmes/drafts/<int:draft_id>/<str:key>/<int:at>/<str:verb>/",
        programmes.change_row,
        name="programme-row-change",
    ),
    path("titles/<str:number>/", titles.show, name="title"),
]
