"""`/staff/publicity/`."""

from django.urls import include, path

from ..views.staff import (
    as_of,
    batches,
    bulk,
    decisions,
    deliveries,
    detail,
    differences,
    endings,
    entry,
    exports,
    packages,
    publishing,
    rates,
    steps,
    typing,
    undoing,
    versions,
)

app_name = "publicity"

urlpatterns = [
    path("imports/", batches.BatchListView.as_view(), name="batch_list"),
    path("imports/new/", batches.BatchCreateView.as_view(), name="batch_create"),
    path("imports/templates/<str:kind>/", batches.TemplateView.as_view(), name="template"),
    path("imports/<int:pk>/", batches.BatchDetailView.as_view(), name="batch_detail"),
    path("imports/<int:pk>/import/", batches.BatchImportView.as_view(), name="batch_import"),
    path("imports/<int:pk>/undo/", undoing.BatchUndoView.as_view(), name="batch_undo"),
    path("imports/<int:pk>/faulty/", batches.BatchFaultyView.as_view(), name="batch_faulty"),
    path("deliveries/", deliveries.DeliveryListView.as_view(), name="delivery_list"),
    path(
        "deliveries/<int:pk>/replay/",
        deliveries.DeliveryReplayView.as_view(),
        name="delivery_replay",
    ),
    path("deliveries/packages/", packages.PackageListView.as_view(), name="package_list"),
    path(
        "deliveries/packages/answers/",
        packages.AnswerTemplateView.as_view(),
        name="answer_template",
    ),
    path(
        "deliveries/packages/<int:pk>/", packages.PackageDetailView.as_view(), name="package_detail"
    ),
    path(
        "deliveries/packages/<int:pk>/file/",
        packages.PackageFileView.as_view(),
        name="package_file",
    ),
    path(
        "deliveries/packages/<int:pk>/take-back/",
        packages.PackageTakeBackView.as_view(),
        name="package_take_back",
    ),
    path(
        "deliveries/differences/", differences.DifferenceListView.as_view(), name="difference_list"
    ),
    path(
        "deliveries/differences/<int:pk>/",
        differences.DifferenceDetailView.as_view(),
        name="difference_detail",
    ),
    path(
        "deliveries/differences/<int:pk>/repair/",
        differences.DifferenceRepairView.as_view(),
        name="difference_repair",
    ),
    path("deliveries/rules/", deliveries.ReceiverRulesView.as_view(), name="receiver_rules"),
    path("rates/", rates.RatesView.as_view(), name="rates"),
    path("register/", include("publicity.urls.register")),
    path("firms/search/", typing.FirmSearchView.as_view(), name="firm_search"),
    path("firms/", typing.FirmLookupView.as_view(), name="firm_lookup"),
    path("<str:kind>/", decisions.DecisionListView.as_view(), name="decision_list"),
    path("<str:kind>/print/", decisions.DecisionPrintView.as_view(), name="decision_print"),
    path("<str:kind>/new/", entry.DecisionCreateView.as_view(), name="decision_create"),
    path("<str:kind>/check/", typing.FieldCheckView.as_view(), name="decision_check"),
    path("<str:kind>/steps/", steps.DecisionStepView.as_view(), name="decision_step"),
    path("<str:kind>/steps/confirm/", bulk.DecisionConfirmView.as_view(), name="decision_confirm"),
    path("<str:kind>/steps/run/", bulk.DecisionBulkView.as_view(), name="decision_bulk"),
    path("<str:kind>/export/", exports.DecisionExportView.as_view(), name="decision_export"),
    path("<str:kind>/<int:pk>/", detail.DecisionDetailView.as_view(), name="decision_detail"),
    path("<str:kind>/<int:pk>/as-of/", as_of.DecisionAsOfView.as_view(), name="decision_as_of"),
    path("<str:kind>/<int:pk>/edit/", entry.DecisionEditView.as_view(), name="decision_edit"),
    path(
        "<str:kind>/<int:pk>/delete/", versions.DecisionDeleteView.as_view(), name="decision_delete"
    ),
    path(
        "<str:kind>/<int:pk>/publish/",
        publishing.DecisionPublishView.as_view(),
        name="decision_publish",
    ),
    path(
        "<str:kind>/<int:pk>/take-back/",
        steps.DecisionTakeBackView.as_view(),
        name="decision_take_back",
    ),
    path(
        "<str:kind>/<int:pk>/revise/", versions.DecisionReviseView.as_view(), name="decision_revise"
    ),
    path(
        "<str:kind>/<int:pk>/withdraw/",
        endings.DecisionWithdrawView.as_view(),
        name="decision_withdraw",
    ),
    path(
        "<str:kind>/<int:pk>/abandon/",
        endings.DecisionAbandonView.as_view(),
        name="decision_abandon",
    ),
    path(
        "<str:kind>/<int:pk>/reopen/", versions.DecisionReopenView.as_view(), name="decision_reopen"
    ),
    path(
        "<str:kind>/<int:pk>/send-back/",
        versions.DecisionSendBackView.as_view(),
        name="decision_send_back",
    ),
]
