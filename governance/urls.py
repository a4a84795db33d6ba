"""Every route of the product."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path

from governance.api.root import api
from governance.views import (
    audits,
    consent,
    corpora,
    corpus,
    decisions,
    domains,
    home,
    lineage,
    people,
    reports,
    runs,
    session,
    sharing,
    terms,
)

PAGES: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("sign-in/", session.SignInPage.as_view(), name="sign-in"),
    path("sign-out/", session.SignOut.as_view(), name="sign-out"),
    path("corpora/", corpora.corpora, name="corpora"),
    path("corpora.csv", corpora.corpora_csv, name="corpora-csv"),
    path("corpora/register/", corpora.register, name="corpus-register"),
    path("corpora/<uuid:corpus_id>/", corpus.corpus, name="corpus"),
    path("corpora/<uuid:corpus_id>/card/", corpus.corpus_card, name="corpus-card"),
    path("corpora/<uuid:corpus_id>/licence/", corpus.corpus_licence, name="corpus-licence"),
    path("corpora/<uuid:corpus_id>/describe/", corpus.corpus_describe, name="corpus-describe"),
    path("corpora/<uuid:corpus_id>/decide/", corpus.corpus_decide, name="corpus-decide"),
    path("corpora/<uuid:corpus_id>/history/", corpus.corpus_history, name="corpus-history"),
    path("corpora/<uuid:corpus_id>/consent/", consent.corpus_consent, name="corpus-consent"),
    path("corpora/<uuid:corpus_id>/crawl/", consent.corpus_crawl, name="corpus-crawl"),
    path("corpora/<uuid:corpus_id>/audits/", audits.corpus_audits, name="corpus-audits"),
    path("corpora/<uuid:corpus_id>/scan/", audits.corpus_scan, name="corpus-scan"),
    path("corpora/<uuid:corpus_id>/lineage/", lineage.corpus_lineage, name="corpus-lineage"),
    path("corpora/<uuid:corpus_id>/lineage/add/", lineage.corpus_lineage_add, name="corpus-lineage-add"),
    path(
        "corpora/<uuid:corpus_id>/lineage/<int:edge_id>/remove/",
        lineage.corpus_lineage_remove,
        name="corpus-lineage-remove",
    ),
    path("corpora/<uuid:corpus_id>/access/", sharing.corpus_access, name="corpus-access"),
    path("corpora/<uuid:corpus_id>/audience/", sharing.corpus_audience, name="corpus-audience"),
    path("corpora/<uuid:corpus_id>/grant/", sharing.corpus_grant, name="corpus-grant"),
    path("corpora/<uuid:corpus_id>/grant/<int:grant_id>/end/", sharing.corpus_grant_end, name="corpus-grant-end"),
    path("corpora/<uuid:corpus_id>/report/", reports.corpus_report, name="corpus-report"),
    path("domains/<str:name>/", domains.domain, name="domain"),
    path("domains/<str:name>/terms/", terms.domain_terms, name="domain-terms"),
    path("domains/<str:name>/terms/review/", terms.domain_terms_review, name="domain-terms-review"),
    path("domains/<str:name>/terms/pin/", terms.domain_terms_pin, name="domain-terms-pin"),
    path("terms/", terms.terms, name="terms"),
    path("changes/<uuid:change_id>/", domains.change, name="change"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<uuid:run_id>/", runs.run, name="run"),
    path("runs/<uuid:run_id>/progress/", runs.run_progress, name="run-progress"),
    path("runs/<uuid:run_id>/cancel/", runs.run_cancel, name="run-cancel"),
    path("runs/<uuid:run_id>/retry/", runs.run_retry, name="run-retry"),
    path("decisions/<uuid:decision_id>/", decisions.decision, name="decision"),
    path("decisions/<uuid:decision_id>/report/", reports.decision_report, name="decision-report"),
    path("decisions/<uuid:decision_id>/report/<str:name>", reports.report_file, name="report-file"),
    path("policies/", decisions.policies, name="policies"),
    path("policies/<slug:slug>/", decisions.policy_page, name="policy"),
    path("report/", reports.report, name="report"),
    path("people/", people.people, name="people"),
    path("people/<uuid:person_id>/role/", people.person_role, name="person-role"),
    path("tokens/", people.tokens_page, name="tokens"),
    path("tokens/<uuid:token_id>/revoke/", people.token_revoke, name="token-revoke"),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
]
urlpatterns = PAGES

handler400 = "governance.views.errors.bad_request"
handler403 = "governance.views.errors.forbidden"
handler404 = "governance.views.errors.not_found"
handler500 = "governance.views.errors.server_error"
