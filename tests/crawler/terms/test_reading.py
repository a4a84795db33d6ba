"""Clauses on both sides of what is easily mistaken."""

import pytest

from crawler.terms import Kind, PaperClass, classify

NO, SOME, YES, SILENT = "prohibited", "conditional", "allowed", "not_mentioned"

SCRAPING = [
    ("You may not employ crawlers, scrapers or comparable programs on our pages.", NO),
    ("Automated data collection from this website is strictly forbidden.", NO),
    ("Users shall not access the Service by automated means, but only through the interface that we provide.", NO),
    ("You agree not to use automated scripts to collect information from the Service.", NO),
    ("The following is not permitted:\n\n- text or data mining of our articles\n- hotlinking", NO),
    ("## Prohibited uses\n\n- running spiders against the site\n- shouting", NO),
    ("No part of this website may be downloaded by bots.", NO),
    ("We prohibit crawling the site. Don't be rude.", NO),
    ("Please do not scrape our site.", NO),
    ("Collecting listings by robots without our written permission is a breach of these terms.", NO),
    ("You must not: (a) be rude; (b) lie; (c) run any robot against the site to copy listings.", NO),
    ("You will not harvest or collect email addresses of members from the Service.", SOME),
    ("You may crawl our site if you follow robots.txt and identify your crawler.", SOME),
    ("Search engines may index our pages.", SOME),
    ("You must not use robots to copy the site, except that search engines may use spiders to index it.", SOME),
    ("You may not use automated means to access our content in violation of our robots.txt.", SOME),
    ("Scraping is welcome. Anyone may use automated tools to download our pages.", YES),
    ("You may not use bots to register accounts.", SILENT),
    ("Bots that play the game for you are forbidden.", SILENT),
    ("You must not use automated systems to send unsolicited messages to our users.", SILENT),
    ("You must not run robots on your website to inflate the impressions of our advertisements.", SILENT),
    ("We use automated systems to analyse your content and to detect spam.", SILENT),
    ("We may crawl websites that you link to.", SILENT),
    ("Your subscription renews automatically unless you cancel it. You may not transfer it.", SILENT),
]

TRAINING = [
    ("You must not use our articles to train artificial intelligence.", NO),
    ("The use of our content for the development of machine learning models is prohibited.", NO),
    ("You shall not ingest any material from this site into a large language model.", NO),
    ("No content may be scraped for the purpose of training generative AI systems without a licence.", NO),
    ("We reserve our rights in text and data mining under Article 4 of Directive (EU) 2019/790.", NO),
    ("You may not use output of the Services to train any AI model.", NO),
    ("You may not use output of the Services to develop models that compete with ours.", SOME),
    ("Content marked NoAI must not be used to train AI models.", SOME),
    ("You may use our data set for training models only for research.", SOME),
    ("You may use our content to train machine learning models.", YES),
    ("We use your content to train our AI models unless you opt out.", SILENT),
    ("We will not use customer data to train our models.", SILENT),
    ("You can choose whether we may train models with your chats.", SILENT),
    ("You grant us a licence to use your posts to train machine learning models.", SILENT),
    ("Our staff are trained in artificial intelligence and must not share passwords.", SILENT),
    ("You may not use AI tools to write reviews.", SILENT),
    ("Data sets of the city are listed below. You must not be rude to our AI assistant.", SILENT),
]

COMMERCIAL = [
    ("The site is for your personal, non-commercial use only.", True),
    ("You may not use the content for commercial purposes.", True),
    ("You shall not commercially exploit any part of the service.", True),
    ("The licence covers personal use, business use and research.", False),
    ("If you use the site for commercial purposes, create a business account.", False),
    ("We never use your personal data for our purposes only.", False),
    ("Our logo may not be used for commercial purposes.", False),
]

PASSING_ON = [
    ("You may not redistribute, resell or republish any content of the site.", True),
    ("No part of the website may be reproduced without our consent.", True),
    ("You must not use the service to build a competing product.", True),
    ("You may copy and share our pages when you name us as the source.", False),
    ("You must not distribute viruses or unlawful content through the service.", False),
    ("Competition law applies. The software is licensed, not sold.", False),
    ("We do not sell your data to third parties.", False),
]


@pytest.mark.parametrize(("text", "said"), SCRAPING)
def test_scraping_is_read_as_a_person_would(text: str, said: str) -> None:
    assert classify(text, "en").scraping == said


@pytest.mark.parametrize(("text", "said"), TRAINING)
def test_training_of_ai_is_read_as_a_person_would(text: str, said: str) -> None:
    assert classify(text, "en").ai_training == said


@pytest.mark.parametrize(("text", "said"), COMMERCIAL)
def test_commercial_use_is_read_as_a_person_would(text: str, said: bool) -> None:
    assert classify(text, "en").non_commercial is said


@pytest.mark.parametrize(("text", "said"), PASSING_ON)
def test_passing_on_and_competing_are_read_as_a_person_would(text: str, said: bool) -> None:
    assert classify(text, "en").no_redistribution_or_competition is said


def test_a_ban_on_training_with_output_is_told_apart_from_one_on_the_content() -> None:
    assert classify("You may not use output to train AI models.", "en").output_only
    assert not classify("You may not use our articles to train AI models.", "en").output_only
    assert not classify(
        "You may not use our articles or output to train AI. Nor train AI on our site.", "en"
    ).output_only


def test_the_quote_is_the_part_that_says_it() -> None:
    text = "You must not: (a) be rude; (b) run any robot against the **site** to copy listings; (c) lie."
    (clause,) = (clause for clause in classify(text).clauses if clause.kind is Kind.SCRAPING)
    assert clause.quote == text[clause.start : clause.end] == "run any robot against the **site** to copy listings"


def test_a_list_ends_with_the_words_that_govern_it() -> None:
    text = "You must not:\n\n- lie\n- shout\n\nOur own robots read your site to check links."
    assert classify(text).scraping == SILENT


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", PaperClass.NO_TERMS_PAGES),
        ("Hello and welcome to the site of the village.", PaperClass.UNRESTRICTED_USE),
        ("You may copy our pages as long as you name the source.", PaperClass.CONDITIONAL_USE),
        ("You must not republish the content.", PaperClass.NO_REDISTRIBUTION),
        ("You must not republish the content or use the site to build a competing service.", PaperClass.NON_COMPETE),
        ("The site is only for personal, non-commercial use.", PaperClass.NC_ONLY),
        ("You must not train AI with the content of the site.", PaperClass.NO_AI),
        ("You must not scrape the site. Search engines may index it.", PaperClass.NO_SCRAPING),
        ("You must not scrape the site or train AI with the content.", PaperClass.NO_SCRAPING_AND_AI),
    ],
)
def test_a_document_has_the_class_of_the_most_severe_thing_it_says(text: str, named: PaperClass) -> None:
    assert classify(text, "en").paper_class is named
