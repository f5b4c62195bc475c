from django.urls import path

from kepu.literacy.views import booklets, exchange, items, reviews, runs, self_tests

urlpatterns = [
    path("items/", items.listed, name="items"),
    path("items/new/", items.write, name="item-new"),
    path("items/import/", exchange.take_in, name="items-import"),
    path("items/import/template.xlsx", exchange.template, name="items-template"),
    path("items/away/", exchange.away, name="items-away"),
    path("items/<int:item_id>/", items.show, name="item"),
    path("items/<int:item_id>/change/", items.change, name="item-change"),
    path("items/<int:item_id>/do/<str:verb>/", items.act, name="item-act"),
    path("items/<int:item_id>/experts/", items.ask, name="item-ask"),
    path("items/<int:item_id>/calibrate/", items.calibrate, name="item-calibrate"),
    path("items/<int:item_id>/dif/", items.tell_dif, name="item-dif"),
    path("booklets/", booklets.listed, name="booklets"),
    path("booklets/new/", booklets.ask, name="booklets-new"),
    path("booklets/<int:set_id>/", booklets.show, name="booklet-set"),
    path("booklets/<int:set_id>/<int:number>.xlsx", exchange.booklet, name="booklet-xlsform"),
    path("booklets/<int:set_id>/do/<str:verb>/", booklets.act, name="booklets-act"),
    path("reviews/", reviews.mine, name="item-reviews"),
    path("reviews/<int:review_id>/", reviews.show, name="item-review"),
    path("survey/", runs.results, name="survey-results"),
    path("survey/runs/", runs.listed, name="survey-runs"),
    path("survey/runs/<int:run_id>/", runs.show, name="survey-run"),
    path("survey/runs/<int:run_id>/do/<str:verb>/", runs.act, name="survey-run-act"),
    path("self-test/", self_tests.start, name="self-test"),
    path("self-test/<uuid:key>/", self_tests.walk, name="self-test-walk"),
]
