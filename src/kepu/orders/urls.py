from django.urls import path

from kepu.orders.views import acting, boards, lists, menus, plans, reports, residents, visits

urlpatterns = [
    path("menu/", residents.menu, name="menu"),
    path("menu/manage/", menus.manage, name="manage-menu"),
    path("menu/manage/new/", menus.write, name="write-dish"),
    path("menu/manage/import/", menus.take_in, name="import-menu"),
    path("menu/manage/import/template.xlsx", menus.template, name="menu-template"),
    path("menu/manage/contracts/", menus.contracts, name="contracts"),
    path("menu/manage/<int:service_id>/<str:verb>/", menus.move, name="move-dish"),
    path("orders/", residents.mine, name="my-orders"),
    path("orders/new/", residents.new, name="new-order"),
    path("orders/list/", lists.orders, name="order-list"),
    path("orders/list/<str:kind>/", lists.export, name="order-export"),
    path("orders/<int:order_id>/", acting.show, name="order"),
    path("orders/<int:order_id>/do/<str:verb>/", acting.act, name="order-act"),
    path("orders/<int:order_id>/claim/<int:team_id>/", acting.claim, name="order-claim"),
    path("orders/<int:order_id>/ask/<int:team_id>/", acting.ask, name="order-ask"),
    path("orders/<int:order_id>/visit/", visits.visit, name="visit"),
    path("orders/<int:order_id>/code.svg", visits.code_picture, name="visit-code"),
    path("orders/sync/", visits.sync, name="order-sync"),
    path("orders/stuck/<int:event_id>/settle/", visits.settle, name="settle"),
    path("desk/", boards.desk, name="desk"),
    path("department/", boards.department, name="department"),
    path("department/<int:department_id>/plan/", plans.make, name="make-plan"),
    path("plans/<int:plan_id>/", plans.show, name="plan"),
    path("plans/<int:plan_id>/<str:verb>/", plans.decide, name="decide-plan"),
    path("reports/", reports.month, name="month-reports"),
    path("reports/file/", reports.file, name="file-report"),
    path("reports/<str:kind>/", reports.export, name="report-export"),
    path("team/", boards.team, name="team-board"),
]
