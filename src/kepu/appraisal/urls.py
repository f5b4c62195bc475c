from django.urls import path

from kepu.appraisal.views import (
    applications,
    attending,
    awards,
    ballots,
    boards,
    calls,
    conformance,
    contributions,
    deciding,
    discussions,
    evidence,
    fees,
    inspecting,
    inspections,
    judging,
    meetings,
    panels,
    papers,
    programmes,
    reviewing,
    standards,
    standards_open,
    terms,
    titles,
    undertakings,
)

urlpatterns = [
    path("undertakings/", undertakings.listed, name="undertakings"),
    path("undertakings/new/", undertakings.new, name="undertaking-new"),
    path("undertakings/<int:undertaking_id>/", undertakings.show, name="undertaking"),
    path("undertakings/<int:undertaking_id>/renew/", undertakings.renew, name="undertaking-renew"),
    path("undertakings/<int:undertaking_id>/year/", undertakings.year, name="undertaking-year"),
    path(
        "undertakings/<int:undertaking_id>/<str:verb>/",
        undertakings.answer,
        name="undertaking-answer",
    ),
    path("undertakings/years/<int:year_id>/review/", undertakings.review, name="duties-review"),
    path("contributions/", contributions.listed, name="contributions"),
    path("contributions/new/", contributions.new, name="contribution-new"),
    path("contributions/verify/", contributions.verify_form, name="contribution-verify"),
    path("contributions/verify/<str:code>/", contributions.verify, name="contribution-verified"),
    path("contributions/<int:statement_id>/", contributions.show, name="contribution"),
    path(
        "contributions/<int:statement_id>/statement.pdf", contributions.pdf, name="contribution-pdf"
    ),
    path(
        "contributions/<int:statement_id>/recount/",
        contributions.recount,
        name="contribution-recount",
    ),
    path(
        "contributions/<int:statement_id>/<str:verb>/",
        contributions.decide,
        name="contribution-decide",
    ),
    path("appraisal/fees/mine/", fees.mine, name="my-fees"),
    path("appraisal/calls/<int:call_id>/fees/", fees.listed, name="appraisal-fees"),
    path("appraisal/calls/<int:call_id>/fees/build/", fees.build, name="appraisal-fees-build"),
    path("appraisal/fees/<int:list_id>/", fees.show, name="appraisal-fee-list"),
    path("appraisal/fees/<int:list_id>/add/", fees.add, name="appraisal-fee-add"),
    path("appraisal/fees/<int:list_id>/sign/", fees.sign, name="appraisal-fee-sign"),
    path("appraisal/fees/<int:list_id>/take-back/", fees.take_back, name="appraisal-fee-take-back"),
    path("appraisal/fees/<int:list_id>/pay/", fees.pay, name="appraisal-fee-pay"),
    path("appraisal/fees/<int:list_id>/drop/", fees.drop, name="appraisal-fee-drop"),
    path("appraisal/fees/<int:list_id>/file/", fees.file, name="appraisal-fee-file"),
    path("appraisal/fees/lines/<int:line_id>/remove/", fees.remove, name="appraisal-fee-remove"),
    path("appraisal/calls/<int:call_id>/papers/", papers.listed, name="appraisal-papers"),
    path("appraisal/reviews/<int:review_id>/paper/", papers.take_in, name="appraisal-paper-new"),
    path("appraisal/papers/<int:paper_id>/", papers.show, name="appraisal-paper"),
    path("appraisal/papers/<int:paper_id>/drop/", papers.drop, name="appraisal-paper-drop"),
    path(
        "applications/<int:application_id>/discussion/",
        discussions.open_one,
        name="appraisal-discussion-open",
    ),
    path(
        "appraisal/discussions/<int:discussion_id>/", discussions.show, name="appraisal-discussion"
    ),
    path(
        "appraisal/discussions/<int:discussion_id>/close/",
        discussions.close,
        name="appraisal-discussion-close",
    ),
    path(
        "appraisal/discussions/<int:discussion_id>/<str:criterion>/",
        discussions.change,
        name="appraisal-discussion-score",
    ),
    path("inspections/", inspecting.page, name="inspections"),
    path("inspections/pack/", inspecting.pack, name="inspections-pack"),
    path("inspections/sync/", inspecting.sync, name="inspections-sync"),
    path("inspections/photos/", inspecting.photos, name="inspections-photos"),
    path(
        "appraisal/calls/<int:call_id>/inspections/",
        inspections.of_call,
        name="appraisal-inspections",
    ),
    path(
        "appraisal/calls/<int:call_id>/inspections/draw/",
        inspections.draw,
        name="appraisal-inspections-draw",
    ),
    path(
        "applications/<int:application_id>/inspection/",
        inspections.of_application,
        name="application-inspection",
    ),
    path("titles/<str:number>/inspection/", inspections.of_title, name="title-inspection"),
    path("appraisal/inspections/<int:inspection_id>/", inspections.show, name="inspection"),
    path(
        "appraisal/inspections/<int:inspection_id>/countersign/",
        inspections.countersign,
        name="inspection-countersign",
    ),
    path(
        "appraisal/inspections/<int:inspection_id>/report.pdf",
        inspections.report,
        name="inspection-report",
    ),
    path(
        "appraisal/inspections/<int:inspection_id>/<str:verb>/",
        inspections.close,
        name="inspection-close",
    ),
    path(
        "appraisal/inspection-photos/<int:photo_id>/<str:size>.jpg",
        inspections.picture,
        name="inspection-photo",
    ),
    path("appraisal/calls/<int:call_id>/meetings/new/", meetings.new, name="meeting-new"),
    path("appraisal/meetings/join/", attending.join, name="meeting-join"),
    path("appraisal/meetings/<int:meeting_id>/", meetings.show, name="meeting"),
    path("appraisal/meetings/<int:meeting_id>/invite/", meetings.invite, name="meeting-invite"),
    path("appraisal/meetings/<int:meeting_id>/cancel/", meetings.cancel, name="meeting-cancel"),
    path("appraisal/meetings/<int:meeting_id>/move/", meetings.move, name="meeting-move"),
    path("appraisal/meetings/<int:meeting_id>/gone/", meetings.mark_gone, name="meeting-gone"),
    path("appraisal/meetings/<int:meeting_id>/code/", meetings.code_picture, name="meeting-code"),
    path(
        "appraisal/meetings/<int:meeting_id>/screen/",
        meetings.projection,
        name="meeting-projection",
    ),
    path("appraisal/meetings/<int:meeting_id>/do/<str:verb>/", meetings.act, name="meeting-act"),
    path(
        "appraisal/meetings/<int:meeting_id>/papers/<str:what>.<str:form>",
        meetings.paper,
        name="meeting-paper",
    ),
    path(
        "appraisal/meetings/<int:meeting_id>/items/<int:item_id>/<str:verb>/",
        meetings.act_on,
        name="meeting-item-act",
    ),
    path("appraisal/meetings/<int:meeting_id>/seat/", attending.seat, name="meeting-seat"),
    path(
        "appraisal/meetings/<int:meeting_id>/seat/pledge/", attending.pledge, name="meeting-pledge"
    ),
    path("appraisal/meetings/<int:meeting_id>/seat/sign/", attending.sign, name="meeting-sign"),
    path(
        "appraisal/meetings/<int:meeting_id>/seat/<int:item_id>/aside/",
        attending.step_aside,
        name="meeting-aside",
    ),
    path(
        "appraisal/meetings/<int:meeting_id>/seat/<int:item_id>/vote/",
        attending.vote,
        name="meeting-vote",
    ),
    path("appraisal/calls/<int:call_id>/weigh/", judging.weigh, name="appraisal-weigh"),
    path("appraisal/weighings/<int:weighing_id>/", judging.watch, name="appraisal-weighing"),
    path(
        "appraisal/calls/<int:call_id>/judgements/<int:number>/",
        judging.show,
        name="appraisal-judgement",
    ),
    path(
        "appraisal/calls/<int:call_id>/judgements/<int:number>/propose/",
        judging.propose_all,
        name="appraisal-propose-all",
    ),
    path("appraisal/calls/<int:call_id>/reviewers/", panels.call, name="appraisal-reviewers"),
    path(
        "appraisal/calls/<int:call_id>/reviewers/propose/",
        panels.propose,
        name="appraisal-find-reviewers",
    ),
    path("appraisal/calls/<int:call_id>/lot/", panels.lot, name="appraisal-lot"),
    path(
        "appraisal/calls/<int:call_id>/lot/<int:panels_id>/",
        panels.lot_inputs,
        name="appraisal-lot-file",
    ),
    path("appraisal/panels/<int:panels_id>/", panels.show, name="appraisal-panels"),
    path("appraisal/panels/<int:panels_id>/<str:verb>/", panels.act, name="appraisal-panels-act"),
    path(
        "applications/<int:application_id>/reviewers/",
        panels.application,
        name="application-reviewers",
    ),
    path(
        "applications/<int:application_id>/reviewers/ask/",
        panels.ask,
        name="application-ask-reviewer",
    ),
    path("appraisal/evidence/<int:evidence_id>/hold/", panels.hold, name="evidence-hold"),
    path("appraisal/evidence/<int:evidence_id>/let-see/", panels.let_see, name="evidence-let-see"),
    path("appraisal/reviews/", reviewing.mine, name="appraisal-reviews"),
    path("appraisal/reviews/<int:review_id>/", reviewing.show, name="appraisal-review"),
    path(
        "appraisal/reviews/<int:review_id>/take-on/",
        reviewing.take_on,
        name="appraisal-review-take-on",
    ),
    path(
        "appraisal/reviews/<int:review_id>/score/<str:criterion>/",
        reviewing.score,
        name="appraisal-review-score",
    ),
    path(
        "appraisal/reviews/<int:review_id>/hand-in/",
        reviewing.hand_in,
        name="appraisal-review-hand-in",
    ),
    path(
        "appraisal/reviews/<int:review_id>/step-aside/",
        reviewing.recuse,
        name="appraisal-review-recuse",
    ),
    path(
        "appraisal/reviews/<int:review_id>/replace/",
        panels.replace,
        name="appraisal-review-replace",
    ),
    path(
        "appraisal/reviews/<int:review_id>/give-back/",
        panels.give_back,
        name="appraisal-review-give-back",
    ),
    path(
        "appraisal/reviews/<int:review_id>/files/<int:evidence_id>/",
        reviewing.file,
        name="appraisal-review-file",
    ),
    path("appraisal/calls/<int:call_id>/ballots/", ballots.rounds, name="jury-ballots"),
    path("appraisal/calls/<int:call_id>/ballots/open/", ballots.open_ballot, name="jury-open"),
    path("appraisal/ballots/<int:ballot_id>/", ballots.vote, name="jury-vote"),
    path("appraisal/ballots/<int:ballot_id>/close/", ballots.close_ballot, name="jury-close"),
    path(
        "appraisal/ballots/<int:ballot_id>/propose/", ballots.propose_elected, name="jury-propose"
    ),
    path("appraisal/calls/<int:call_id>/vote/", ballots.public, name="public-vote"),
    path("appraisal/calls/<int:call_id>/vote/ask/", ballots.ask_public, name="public-vote-ask"),
    path(
        "appraisal/calls/<int:call_id>/vote/close/", ballots.close_public, name="public-vote-close"
    ),
    path("appraisal/calls/<int:call_id>/nominate/", awards.nominate, name="call-nominate"),
    path("appraisal/nominations/<str:key>/", awards.nomination, name="call-nomination"),
    path(
        "appraisal/nominations/<str:key>/decline/", awards.turn_down, name="call-nomination-decline"
    ),
    path("applications/<int:application_id>/ledgers/", awards.take, name="application-ledgers"),
    path("titles/ceremony/", awards.ceremony, name="title-ceremony"),
    path("titles/ceremony/file/", awards.ceremony_file, name="title-ceremony-file"),
    path("titles/talents/", awards.talents, name="title-talents"),
    path("titles/<str:number>/lists/", awards.let_list, name="title-lists"),
    path("programmes/", programmes.listed, name="programmes"),
    path("programmes/new/", programmes.new, name="programme-new"),
    path("programmes/<slug:code>/", programmes.show, name="programme"),
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
    path("appraisal/calls/", calls.listed, name="appraisal-calls"),
    path("appraisal/calls/desk/", calls.desk, name="appraisal-call-desk"),
    path("appraisal/calls/new/", calls.new, name="appraisal-call-new"),
    path("appraisal/calls/<int:call_id>/", calls.show, name="appraisal-call"),
    path("appraisal/calls/<int:call_id>/open/", calls.open_call, name="appraisal-call-open"),
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
    path(
        "applications/<int:application_id>/put-forward/",
        applications.put_forward,
        name="application-put-forward",
    ),
    path(
        "appraisal/calls/<int:call_id>/dossiers/", applications.dossiers, name="appraisal-dossiers"
    ),
    path("applications/<int:application_id>/name/", applications.name, name="application-name"),
    path(
        "applications/<int:application_id>/refuse/", applications.refuse, name="application-refuse"
    ),
    path(
        "applications/<int:application_id>/evidence/<str:key>/",
        evidence.entry,
        name="application-evidence",
    ),
    path(
        "applications/<int:application_id>/evidence/<int:evidence_id>/back/",
        evidence.take_back,
        name="application-evidence-back",
    ),
    path("applications/<int:application_id>/appeal/", deciding.appeal, name="application-appeal"),
    path(
        "appraisal/appeals/<int:appeal_id>/answer/", deciding.answer_appeal, name="appraisal-appeal"
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
    path("standards/", standards.listed, name="standards"),
    path("standards/mine/", standards.mine, name="my-standards"),
    path("standards/desk/", standards.desk, name="standard-desk"),
    path("standards/new/", standards.new, name="standard-new"),
    path("standards/comments/<int:comment_id>/", standards_open.reply, name="standard-reply"),
    path("standards/<int:standard_id>/", standards.show, name="standard"),
    path("standards/<int:standard_id>/conformance/", conformance.show, name="standard-conformance"),
    path("standards/<int:standard_id>/edit/", standards.edit, name="standard-edit"),
    path("standards/<int:standard_id>/propose/", standards.propose, name="standard-propose"),
    path("standards/<int:standard_id>/group/", standards.drafters, name="standard-drafters"),
    path(
        "standards/<int:standard_id>/group/out/", standards.drafter_out, name="standard-drafter-out"
    ),
    path("standards/<int:standard_id>/clauses/new/", standards.clause_new, name="clause-new"),
    path(
        "standards/<int:standard_id>/clauses/<str:clause_number>/", standards.clause, name="clause"
    ),
    path("standards/<int:standard_id>/round/", standards_open.open_round, name="standard-round"),
    path(
        "standards/<int:standard_id>/round/close/",
        standards_open.close_round,
        name="standard-round-close",
    ),
    path("standards/<int:standard_id>/comment/", standards_open.comment, name="standard-comment"),
    path(
        "standards/<int:standard_id>/comments/", standards_open.comments, name="standard-comments"
    ),
    path(
        "standards/<int:standard_id>/review/", standards_open.send_to_review, name="standard-review"
    ),
    path("standards/<int:standard_id>/opinion/", standards_open.opinion, name="standard-opinion"),
    path("standards/<int:standard_id>/members/", standards_open.open_vote, name="standard-members"),
    path("standards/<int:standard_id>/vote/", standards_open.vote, name="standard-vote"),
    path(
        "standards/<int:standard_id>/vote/close/",
        standards_open.close_vote,
        name="standard-vote-close",
    ),
    path(
        "standards/<int:standard_id>/decide/<str:verb>/", standards.decide, name="standard-decide"
    ),
]
