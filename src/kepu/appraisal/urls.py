from django.urls import path

from kepu.appraisal.views import standards, standards_open

urlpatterns = [
    path("standards/", standards.listed, name="standards"),
    path("standards/mine/", standards.mine, name="my-standards"),
    path("standards/desk/", standards.desk, name="standard-desk"),
    path("standards/new/", standards.new, name="standard-new"),
    path("standards/comments/<int:comment_id>/", standards_open.reply, name="standard-reply"),
    path("standards/<int:standard_id>/", standards.show, name="standard"),
    path("standards/<int:standard_id>/edit/", standards.edit, name="standard-edit"),
    path("standards/<int:standard_id>/propose/", standards.propose, name="standard-propose"),
    path("standards/<int:standard_id>/group/", standards.drafters, name="standard-drafters"),
    path(
        "standards/<int:standard_id>/group/out/", standards.drafter_out, name="standard-drafter-out"
    ),
    path("standards/<int:standard_id>/clauses/new/", standards.clause_new, name="clause-new"),
    path("standards/<int:standard_id>/clauses/<str:clause_number>/", standards.clause, name="clause"),
    path("standards/<int:standard_id>/round/", standards_open.open_round, name="standard-round"),
    path(
        "standards/<int:standard_id>/round/close/", standards_open.close_round,
        name="standard-round-close",
    ),
    path("standards/<int:standard_id>/comment/", standards_open.comment, name="standard-comment"),
    path("standards/<int:standard_id>/comments/", standards_open.comments, name="standard-comments"),
    path("standards/<int:standard_id>/review/", standards_open.send_to_review, name="standard-review"),
    path("standards/<int:standard_id>/opinion/", standards_open.opinion, name="standard-opinion"),
    path("standards/<int:standard_id>/members/", standards_open.open_vote, name="standard-members"),
    path("standards/<int:standard_id>/vote/", standards_open.vote, name="standard-vote"),
    path("standards/<int:standard_id>/vote/close/", standards_open.close_vote, name="standard-vote-close"),
    path("standards/<int:standard_id>/decide/<str:verb>/", standards.decide, name="standard-decide"),
]  # fmt: skip
