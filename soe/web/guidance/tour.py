"""The first tour: what stands where. `at`: what the script points to; a step without its place is still read out."""

STEPS = (
    {"title": "Willkommen bei SOE", "at": "",
     "text": "In einer Minute sehen Sie, wo was steht. Sie können jederzeit abbrechen."},
    {"title": "Ihre Bereiche", "at": "#navigation",
     "text": "Links stehen nur die Bereiche, für die Sie Rechte haben. Die Zahl daneben sagt, was offen ist."},
    {"title": "Suchen", "at": ".soe-search__field",
     "text": "Anschrift, Nummer oder Name, in jeder Schreibweise. Strg K öffnet die Suche von überall."},
    {"title": "Was ansteht", "at": ".soe-tally",
     "text": "Überfälliges, bald Fälliges und das, worauf andere warten. Jede Zahl führt zur Liste darunter."},
    {"title": "Schnell erledigen", "at": ".soe-quick",
     "text": "Die häufigsten Schritte mit einem Klick, oder mit der Taste, die danebensteht."},
    {"title": "Ihr Konto", "at": ".soe-user",
     "text": "Darstellung, Vertretung und Einstellungen. Hier starten Sie den Rundgang auch noch einmal."},
    {"title": "Hilfe", "at": ".soe-foot",
     "text": "Unten steht die Hilfe, auf vielen Seiten oben „Hilfe zu dieser Seite“. Die Taste ? zeigt alle Kürzel."},
)  # fmt: skip
