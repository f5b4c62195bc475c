from django.urls import path

from kepu.appraisal.views import applications, boards, calls, deciding, terms, titles

urlpatterns = [
    path("appraisal/calls/", calls.listed, name="appraisal-calls"),
    path("appraisal/calls/desk/", calls.desk, name="appraisal-call-desk"),
    path("appraisal/calls/new/", calls.new, name="appraisal-call-new"),
    path("appraisal/calls/<int:call_id>/", calls.show, name="appraisal-call"),
    path("appraisal/calls/<int:call_id>/open/", calls.open_call, name="appraisal-call-open"),
    path("appraisal/calls/<int:call_id>/seed/", calls.publish_seed, name="appraisal-call-seed"),
    path("appraisal/calls/<int:call_id>/finish/", calls.finish, name="appraisal-call-finish"),
    path("appraisal/calls/<int:call_id>/cancel/", calls.cancel, name="appraisal-call-cancel"),
    path("appraisal/calls/<int:call_id>/apply/", applications.apply, name="appraisal-apply"),
    path("appraisal/calls/<int:call_id>/notice/", deciding.notice, name="appraisal-notice"),
    path(
        "appraisal/calls/<int:call_id>/notice/put/",
        deciding.put_in_notice,
        name="appraisal-notice-put",
    ),
    path(
        "appraisal/calls/<int:call_id>/notice/<str:code>/object/",
        deciding.object_to,
        name="appraisal-notice-object",
    ),
    path(
        "appraisal/objections/<int:objection_id>/answer/",
        deciding.answer,
        name="appraisal-objection",
    ),
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
    path("titles/", titles.listed, name="titles"),
    path("titles/mine/", titles.mine, name="my-titles"),
    path("titles/board/", boards.board, name="title-board"),
    path("titles/verify/", titles.verify_form, name="title-verify"),
    path("titles/verify/<str:number>/", titles.verify, name="title-verified"),
    path("titles/reports/<int:report_id>/", terms.report, name="title-report"),
    path("titles/appeals/<int:appeal_id>/", terms.answer, name="title-appeal-answer"),
    path("titles/<str:number>/", titles.show, name="title"),
    path("titles/<str:number>/certificate/", titles.certificate, name="title-certificate"),
    path("titles/<str:number>/credential/", titles.credential, name="title-credential"),
    path("titles/<str:number>/visit/", terms.visit, name="title-visit"),
    path("titles/<str:number>/appeal/", terms.appeal, name="title-appeal"),
    path("titles/<str:number>/decide/<str:verb>/", terms.decide, name="title-decide"),
    path("titles/<str:number>/recognise/<str:programme>/", terms.recognise, name="title-recognise"),
]
