"""Terms in other languages than English."""

import pytest

from crawler.terms import classify

NO, SOME, SILENT = "prohibited", "conditional", "not_mentioned"
CLAUSES = [
    ("de", "Es ist nicht gestattet, die Inhalte dieser Website mit Robotern oder Crawlern auszulesen.", NO, SILENT),
    ("de", "Das automatisierte Auslesen unserer Datenbank ist untersagt.", NO, SILENT),
    ("de", "Die Nutzung der Inhalte zum Training von KI-Modellen ist ohne unsere Zustimmung verboten.", SILENT, NO),
    ("de", "Sie dürfen die Texte nicht verwenden, um künstliche Intelligenz zu trainieren.", SILENT, NO),
    ("de", "Suchmaschinen dürfen unsere Seiten indexieren, und das ist auch für die Nutzer gut.", SOME, SILENT),
    ("de", "Wir nutzen automatisierte Verfahren, um Spam in den Beiträgen der Nutzer zu erkennen.", SILENT, SILENT),
    ("fr", "Il est interdit d'extraire des données du site au moyen de robots.", NO, SILENT),
    (
        "fr",
        "L'utilisation des contenus pour l'entraînement de modèles d'intelligence artificielle est interdite.",
        SILENT,
        NO,
    ),
    ("fr", "Vous ne pouvez pas utiliser nos articles pour entraîner une IA.", SILENT, NO),
    ("fr", "Nous utilisons des outils automatisés pour modérer les contenus que vous publiez.", SILENT, SILENT),
    ("es", "Queda prohibido el uso de robots para acceder al sitio y extraer sus contenidos.", NO, SILENT),
    ("es", "El rastreo de las páginas del sitio web sin nuestro consentimiento está prohibido.", NO, SILENT),
    ("es", "No podrá utilizar los contenidos para entrenar modelos de inteligencia artificial.", SILENT, NO),
    ("es", "Utilizamos sistemas automatizados para detectar el fraude en los datos de la cuenta.", SILENT, SILENT),
]


@pytest.mark.parametrize(("language", "text", "scraping", "training"), CLAUSES)
def test_german_french_and_spanish_are_recognised_and_read(
    language: str, text: str, scraping: str, training: str
) -> None:
    found = classify(text)
    assert (found.language, found.scraping, found.ai_training) == (language, scraping, training)


@pytest.mark.parametrize(
    "text",
    [
        "Die Inhalte sind nur für den privaten Gebrauch bestimmt und dürfen nicht verkauft werden.",
        "Le contenu du site est réservé à un usage strictement personnel et non commercial de l'utilisateur.",
        "Los contenidos son únicamente para su uso personal y no comercial.",
    ],
)
def test_private_use_is_read_in_other_languages(text: str) -> None:
    assert classify(text).non_commercial


def test_silence_in_a_language_that_nobody_has_written_down_is_marked() -> None:
    found = classify("Je mag de inhoud van deze website niet scrapen en niet gebruiken om een model te trainen.")
    assert (found.language, found.supported, found.scraping) == ("nl", False, "not_mentioned")
    assert found.paper_class is None


def test_a_language_that_is_given_is_not_guessed() -> None:
    assert not classify("You must not scrape the site.", "fi").supported
    assert classify("You must not scrape the site.", "en-GB").scraping == "prohibited"
