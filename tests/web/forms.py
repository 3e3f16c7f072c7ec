"""Fill in a form as a browser does: with its hidden fields (token, version) and what it already shows."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms, self.form, self.select, self.text = [], None, None, None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.form = {} if attrs.get("method") == "post" and "data-form" in attrs else None
            if self.form is not None:
                self.forms.append(self.form)
        if self.form is None:
            return
        name = attrs.get("name")
        if tag == "input" and name:
            kind = attrs.get("type", "text")
            if kind in ("checkbox", "radio") and "checked" not in attrs:
                return
            if kind not in ("submit", "file"):
                empty = "on" if kind in ("checkbox", "radio") else ""
                self.form.setdefault(name, []).append(attrs.get("value", empty))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in attrs:
            self.form.setdefault(self.select, []).append(attrs.get("value", ""))
        elif tag == "textarea":
            self.text = name
            self.form.setdefault(name, [""])

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.text = None

    def handle_data(self, data):
        if self.text and self.form is not None:
            self.form[self.text] = [(self.form[self.text][0] + data).removeprefix("\n")]


def fields(response):
    """{name: [values]} of the page's form."""
    parser = _Fields()
    parser.feed(response.content.decode())
    assert parser.forms, "no form on the page"
    return dict(parser.forms[0])


def submit(client, url, **changes):
    """GET the form, change some fields, POST it."""
    data = fields(client.get(url)) | changes
    return client.post(url, data)
