from reports.texts import fill, split, typed_numbers, unknown

CUBE = {
    "sections": [
        {
            "figures": [
                {
                    "key": "register.stock",
                    "label": "Objekte im Kataster",
                    "unit": "",
                    "cell": {"value": 1214},
                },
                {"key": "share", "label": "Anteil unter 18 Jahren", "unit": "%", "cell": {"value": "2.0"}},
                {"key": "small", "label": "Klein", "unit": "", "cell": {"hidden": True}},
                {"key": "none", "label": "Fehlt", "unit": "", "cell": {"value": None}},
                {
                    "key": "paper",
                    "label": "Bestand",
                    "unit": "",
                    "cell": {"value": 3200, "text": "knapp 3.200"},
                },
            ]
        }
    ]
}


def test_numbers_in_a_text_are_those_of_the_report():
    assert fill("{register.stock} Objekte, {share}, {paper}.", CUBE) == "1.214 Objekte, 2,0 %, knapp 3.200."


def test_a_hidden_number_stays_hidden_in_a_text():
    assert fill("Es sind {small}.", CUBE) == "Es sind eine geschützte Zahl."
    assert fill("{none}", CUBE) == "nicht erfasst"


def test_unknown_names_are_found_and_stay_visible():
    assert unknown("{register.stok} und {share}", CUBE) == ["register.stok"]
    assert fill("{register.stok}", CUBE) == "{register.stok}"


def test_numbers_by_hand_are_found_but_not_dates_years_and_quarters():
    text = (
        "Im 3. Quartal 2026 fanden 22 Kontrollen an 4 Tagen statt, am 30. September die letzte, § 9 WohnStG."
    )
    assert typed_numbers(text, CUBE) == ["22", "4"]
    assert typed_numbers("Anteil unter 18 Jahren: {share}.", CUBE) == []
    assert typed_numbers("86,4 Prozent am 12.11.2026, Vorlage 2023/1062", CUBE) == ["86,4"]


def test_the_first_sentence_is_the_key_sentence():
    assert split("Es sind 3.148. Davon ein Drittel.") == ("Es sind 3.148.", "Davon ein Drittel.")
    assert split("Im 3. Quartal fanden 22 Kontrollen statt. Mehr.") == (
        "Im 3. Quartal fanden 22 Kontrollen statt.",
        "Mehr.",
    )
    assert split("Ohne Punkt") == ("Ohne Punkt", "")
