"""Open configurations of Terraform in many spellings: lexical and structural variants, the same on every run.

Each is a tree of files that says the same thing, or nearly: what terraform makes of it stands in terraform_answers.json, which
terraform_answers.py writes.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

Files = dict[str, bytes]

GROUP = """resource "aws_security_group" "open" {
  name        = "open"
  description = "d"
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
BUCKET = """resource "aws_s3_bucket" "open" {
  bucket = "open-to-everybody"
}
resource "aws_s3_bucket_ownership_controls" "open" {
  bucket = aws_s3_bucket.open.id
  rule {
    object_ownership = "ObjectWriter"
  }
}
resource "aws_s3_bucket_public_access_block" "open" {
  bucket            = aws_s3_bucket.open.id
  block_public_acls = false
}
resource "aws_s3_bucket_acl" "open" {
  bucket = aws_s3_bucket.open.id
  acl    = "public-read"
}
"""
POLICY = """resource "aws_iam_policy" "open" {
  name = "open"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "*"
      Resource = "*"
    }]
  })
}
"""
CONTROLS = {"group": "network.ingress-https-only", "bucket": "storage.bucket-not-public", "policy": "iam.no-wildcard-privilege"}
CODE = {"group": GROUP, "bucket": BUCKET, "policy": POLICY}
DECISIVE = {"group": '"0.0.0.0/0"', "bucket": '"public-read"', "policy": '"*"'}
"""The text of each that makes it open."""
HARMLESS = {"group": '"10.0.0.0/8"', "bucket": '"private"', "policy": '"s3:GetObject"'}
RULE = {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}
WHOLE = {**RULE, "description": "d", "ipv6_cidr_blocks": [], "prefix_list_ids": [], "security_groups": [], "self": False}
"""With every argument, as JSON needs for what is an attribute as well as a block."""
IN_JSON = {
    "group": {"resource": {"aws_security_group": {"open": {"name": "open", "description": "d", "ingress": [WHOLE]}}}},
    "bucket": {
        "resource": {
            "aws_s3_bucket": {"open": {"bucket": "open-to-everybody"}},
            "aws_s3_bucket_ownership_controls": {
                "open": {"bucket": "${aws_s3_bucket.open.id}", "rule": {"object_ownership": "ObjectWriter"}}
            },
            "aws_s3_bucket_acl": {"open": {"bucket": "${aws_s3_bucket.open.id}", "acl": "public-read"}},
        }
    },
    "policy": {
        "resource": {
            "aws_iam_policy": {"open": {"name": "open", "policy": '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'}}
        }
    },
}


def variants() -> Iterator[tuple[str, str, Files]]:
    """(name, which configuration, files) of every variant."""
    for kind, code in CODE.items():
        chance = random.Random(kind)
        for name, change in TEXTS.items():
            for number in range(_TIMES.get(name, 1)):
                changed = change(code, kind, chance)
                if changed is not None and changed != code:
                    yield f"{kind}: {name} {number}", kind, {"main.tf": changed if isinstance(changed, bytes) else changed.encode()}
        for name, tree in _trees(kind, code):
            yield (
                f"{kind}: {name}",
                kind,
                {path: content.encode() if isinstance(content, str) else content for path, content in tree.items()},
            )
        for name, text in _json_texts(kind, chance):
            yield f"{kind}: JSON, {name}", kind, {"main.tf.json": text.encode()}


Text = Callable[[str, str, random.Random], "str | bytes | None"]


def _escape(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + chance.choice(("\\u{:04x}", "\\U{:08x}", "\\u{:04X}")).format(ord(word[at])) + word[at + 1 :]


def _escaped(code: str, kind: str, chance: random.Random) -> str:
    place = chance.choice(list(re.finditer(r'"([^"\n]+)"', code)))
    return code[: place.start(1)] + _escape(place[1], chance) + code[place.end(1) :]


def _commented(code: str, kind: str, chance: random.Random) -> str:
    gaps = [match.start() for match in re.finditer(r"(?<=[ \n\[\{,=(])|(?=[\]\},)])", code)]
    for at in sorted(chance.sample(gaps, 3), reverse=True):
        comment = chance.choice(('/* } ] ) " */', "/**/", "/* \n } */", "/* # // <<E */", "/* é */"))
        code = code[:at] + comment + code[at:]
    return code


def _line_comments(code: str, kind: str, chance: random.Random) -> str:
    lines = code.split("\n")
    for at in chance.sample(range(len(lines) - 1), 3):
        lines[at] += chance.choice((' # } "', " // {", " #", " // /*", " # \\", " // <<E"))
    return "\n".join(lines)


def _expression(*forms: str) -> Text:
    """The decisive text as another expression: `@` stands for the text between its quotes."""

    def change(code: str, kind: str, chance: random.Random) -> str:
        decisive = DECISIVE[kind]
        form = forms[chance.randrange(len(forms))]
        return code.replace(decisive, form.replace("@", decisive[1:-1]), 1)

    return change


def _marked(mark: str) -> Text:
    """A text with a mark that only seems to begin something, and a brace in a text further on."""

    def change(code: str, kind: str, chance: random.Random) -> str | None:
        if kind != "group":
            return None
        return code.replace('"d"', f'"{mark}"').replace("  }\n}", '  }\n  tags = { a = "}" }\n}')

    return change


def _lines(code: str, kind: str, chance: random.Random) -> str:
    return "\n".join(
        chance.choice((" ", "\t", "")) * chance.randrange(4) + line.strip() + chance.choice(("", " ", "\t")) for line in code.split("\n")
    )


def _inside(what: str) -> Text:
    """Something in front of the first line of a block inside of the resource, or of its last."""

    def change(code: str, kind: str, chance: random.Random) -> str:
        return code[:-2] + what.replace("@", HARMLESS[kind]) + code[-2:]

    return change


def _around(before: str, after: str = "") -> Text:
    return lambda code, kind, chance: before + code + after


def _repeated(code: str, kind: str, chance: random.Random) -> str:
    line = next(line for line in code.split("\n") if DECISIVE[kind] in line)
    return code.replace(line, f"{line}\n{line.replace(DECISIVE[kind], HARMLESS[kind])}")


def _dynamic(label: str, for_each: str = "[1]", more: str = "") -> Text:
    def change(code: str, kind: str, chance: random.Random) -> str | None:
        if kind != "group":
            return None
        start = code.index("  ingress {")
        body = code[start:].removeprefix("  ingress {").removesuffix("}\n")
        return f"{code[:start]}  dynamic {label} {{\n  for_each = {for_each}\n{more}  content {{{body}}}\n}}\n"

    return change


TEXTS: dict[str, Text] = {
    "an escape": _escaped,
    "comments": _commented,
    "comments to the end of the line": _line_comments,
    "white space": _lines,
    "labels without quotes": lambda code, kind, chance: re.sub(r'^resource "(\w+)" "(\w+)"', r"resource \1 \2", code, flags=re.M),
    "line ends of Windows": lambda code, kind, chance: code.replace("\n", "\r\n"),
    "line ends of old machines": lambda code, kind, chance: code.replace("\n", "\r"),
    "a carriage return in a comment": _around("# a\r"),
    "a byte order mark": _around("\ufeff"),
    "two byte order marks": _around("\ufeff\ufeff"),
    "an encoding of two bytes": lambda code, kind, chance: ("\ufeff" + code).encode("utf-16-le"),
    "an empty byte in a comment": _around("# \0\n"),
    "an empty byte": _around("", "\0\n"),
    "a form feed": _around("\f"),
    "a byte that is no text, in a comment": lambda code, kind, chance: b"# \xff\n" + code.encode(),
    "a brace too many": _around("", "}\n"),
    "a brace too few": lambda code, kind, chance: code[:-2],
    "a comment without end": _around("", "/*"),
    "a comment that ends the file": _around("", "# }"),
    "a comment in a comment": _around("/* /* */\n", "/***/\n"),
    "a heredoc before it": _around('locals {\n  a = <<E\nE,\n E E\n/* " ${1} $${ \nE\n}\n'),
    "an indented heredoc before it": _around('locals {\n  a = [<<-E\n    a\n  E1\n    E\n  , "}"]\n}\n'),
    "a heredoc in a heredoc before it": _around("locals {\n  a = <<E\n${<<F\nE\nF\n}\nE\n}\n"),
    "a line of a heredoc that begins as its end": _around('locals {\n  a = <<E\nE${"a"}\nE\n}\n'),
    "a mark three times": _marked("$$${"),
    "a mark four times": _marked("$$$${"),
    "another mark three times": _marked("%%%{"),
    "an escaped mark": _marked("$${"),
    "an escaped quote": _marked('\\"{'),
    "an escaped backslash": _marked("\\\\"),
    "an interpolation": _expression('"${"@"}"', '"@${""}"', '"${""}@"', '"%{ if true }@%{ endif }"', '"${~ "@" ~}"', '"${/* } */ "@"}"'),
    "a function": _expression(
        'join("", ["@"])', 'format("%s", "@")', 'trimspace(" @\\n")', 'try("@", "")', 'jsondecode("\\"@\\"")', 'one(["@"])'
    ),
    "a heredoc": _expression("trimspace(<<E\n@\nE\n)", "chomp(<<-E\n    @\n  E\n)", "trimspace(<<E_1-a\n  @\nE_1-a\n)"),
    "parentheses": _expression('("@")', '(\n"@"\n)', '((("@")))'),
    "an index": _expression('["@"][0]', '{ a = "@" }.a', '{ a = "@" }["a"]', '[["@"]][0][0]', '{ "a" : "@" }["a"]', '["@"][*][0]'),
    "a condition": _expression('true ? "@" : "x"', '!true ? "x" : "@"', '1 == 1 && !false ? "@" : ""', 'length("a") > 0 ? "@" : null'),
    "a for expression": _expression(
        'join("", [for a in ["@"] : a])', '{ for a in ["@"] : "k" => a }["k"]', '[for a in ["x", "@"] : a if a != "x"][0]'
    ),
    "an argument twice": _repeated,
    "an unknown argument": _inside("  no_such_argument = 1\n"),
    "an unknown block": _inside("  no_such_block {}\n"),
    "one instance": _inside("  count = 1\n"),
    "one instance by a text": _inside('  count = "1"\n'),
    "one instance of a set": _inside('  for_each = toset(["a"])\n'),
    "no instance": _inside("  count = 0\n"),
    "a life cycle": _inside("  lifecycle {\n    prevent_destroy = true\n  }\n"),
    "three labels": lambda code, kind, chance: code.replace('"open" {', '"open" "x" {', 1),
    "another type of block": lambda code, kind, chance: code.replace("resource", "Resource", 1),
    "a colon in place of =": lambda code, kind, chance: code.replace("=", ":", 1),
    "a dynamic block": _dynamic('"ingress"'),
    "a dynamic block with an escape": _dynamic('"ingres\\u0073"', 'toset(["a"])'),
    "a dynamic block without quotes": _dynamic("ingress", "{ a = 1 }"),
    "a dynamic block with an iterator": _dynamic('"ingress"', "[1]", "  iterator = it\n"),
    "a dynamic block of none": _dynamic('"ingress"', "[]"),
    "nothing between blocks": lambda code, kind, chance: code.rstrip("\n") + " locals {}\n",
    "one line": lambda code, kind, chance: re.sub(r"\s*\n\s*", " ", code),
}
_TIMES = {"an escape": 5, "comments": 6, "comments to the end of the line": 3, "white space": 2, "an interpolation": 4, "a function": 4,
          "a heredoc": 3, "parentheses": 2, "an index": 4, "a condition": 3, "a for expression": 3}  # fmt: skip


def _trees(kind: str, code: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Structures of more than one file."""
    decisive, harmless = DECISIVE[kind], HARMLESS[kind]
    closed = code.replace(decisive, harmless)
    asked = code.replace(decisive, "var.open", 1)
    variable = 'variable "open" {\n  default = %s\n}\n'
    for name in ("#open.tf", "-open.tf", "a b.tf", "x.tf.json.tf", ".open.tf", "open.tf~", "#open.tf#", "open.TF", "open.tofu"):
        yield f"a file {name}", {name: code, "main.tf": "locals {}\n"}
    yield "a local value", {"main.tf": code.replace(decisive, "local.open", 1), "l.tf": f"locals {{\n  open = {decisive}\n}}\n"}
    yield "a default", {"main.tf": asked + variable % decisive}
    yield "a value", {"main.tf": asked + variable % harmless, "terraform.tfvars": f"open = {decisive}\n"}
    yield "a value in JSON", {"main.tf": asked + variable % harmless, "terraform.tfvars.json": f'{{"ope\\u006e": {decisive}}}'}
    ordered = {".auto.tfvars": harmless, "B.auto.tfvars": harmless, "a.auto.tfvars": decisive, "terraform.tfvars": harmless}
    yield "values in order", {"main.tf": asked + variable % harmless, **{name: f"open = {value}\n" for name, value in ordered.items()}}
    yield "a value twice", {"main.tf": asked + variable % decisive, "terraform.tfvars": f"open = {decisive}\nopen = {harmless}\n"}
    yield "a block twice", {"main.tf": code, "more.tf": closed}
    yield "an override that opens", {"main.tf": closed, "x_override.tf": code}
    yield "an override that closes", {"main.tf": code, "override.tf": closed}
    yield "two overrides", {"main.tf": closed, "a_override.tf": closed, "b_override.tf": code}
    yield "no override by its name", {"main.tf": "locals {}\n", "x.override.tf": code}
    for source in ("./m", "./m/", ".//m", "./n/../m", "./\\u006d", ".\\\\m"):
        yield f"a module {source}", {"main.tf": f'module "m" {{\n  source = "{source}"\n}}\n', "m/main.tf": code, "n/a.txt": ""}
    yield "a module in a hidden folder", {"main.tf": 'module "m" {\n  source = "./.m"\n}\n', ".m/main.tf": code}
    yield "a module with an escaped name", {"main.tf": 'module "\\u006d" {\n  source = "./m"\n}\n', "m/main.tf": code}
    yield (
        "a module with a value",
        {
            "main.tf": f'module "m" {{\n  source = "./m"\n  open = {decisive}\n}}\n',
            "m/main.tf": asked + variable % harmless,
        },
    )
    yield "a module in a file of JSON", {"main.tf.json": '{"module": {"m": {"source": "./\\u006d"}}}', "m/main.tf": code}
    yield "no instance of a module", {"main.tf": 'module "m" {\n  source = "./m"\n  count = 0\n}\n', "m/main.tf": code}
    yield "a folder named as a file", {"main.tf": 'module "m" {\n  source = "./m.tf"\n}\n', "m.tf/main.tf": code}


def _json_texts(kind: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    tree: dict[str, Any] = IN_JSON[kind]
    text = json.dumps(tree, indent=1)
    (first, *_) = tree["resource"]
    yield "plain", text
    yield "on one line", json.dumps(tree, separators=(",", ":"))
    for number in range(6):
        place = chance.choice(list(re.finditer(r'"([^"\\]+)"(?=: )', text)))
        at = chance.randrange(place.start(1), place.end(1))
        yield f"an escape {number}", f"{text[:at]}\\u{ord(text[at]):04x}{text[at + 1 :]}"
    yield "a byte order mark", "\ufeff" + text
    yield "a list as the whole", f"[{text}]"
    yield "resources in lists", json.dumps({"resource": [{type_: [named]} for type_, named in tree["resource"].items()]})
    yield "a type in a list of lists", json.dumps({"resource": [[tree["resource"]]]})
    yield "resource twice", text[:-1] + f', "resource": {json.dumps({"terraform_data": {"x": {}}})}}}'
    yield "resource twice, it first", f'{{"resource": {{"terraform_data": {{"x": {{}}}}}}, {text[1:]}'
    yield "its type twice", text.replace(f'"{first}": {{', f'"{first}": {{}}, "{first}": {{', 1)
    yield "a comment", text.replace("{", '{"//": {"resource": 1}, ', 1)
    yield "a comment inside", text.replace('"open": {', '"open": {"//": "x", ', 1)
    yield "a comma too many", text[:-1] + ",}"
    yield "a brace too many", text + "}"
    yield "no object", text.replace('"open": {', '"other": 5, "open": {', 1)
    yield "null", text.replace('"open": {', '"other": null, "open": {', 1)
    line = next(line for line in text.split("\n") if DECISIVE[kind][1:-1] in line).strip().rstrip(",")
    if kind != "group":
        closed = json.dumps({"Statement": []}) if kind == "policy" else "private"
        key = line.partition(":")[0]
        yield "an argument twice", text.replace(line, f"{line}, {key}: {json.dumps(closed)}", 1)
        return
    closed_rule = {**WHOLE, "cidr_blocks": ["10.0.0.0/8"]}
    group = {"name": "open", "description": "d"}

    def with_rules(rules: str) -> str:
        return f'{{"resource": {{"aws_security_group": {{"open": {json.dumps(group)[:-1]}, {rules}}}}}}}}}'

    yield "a block twice", with_rules(f'"ingress": [{json.dumps(WHOLE)}], "ingress": [{json.dumps(closed_rule)}]')
    yield "a list of blocks", with_rules(f'"ingress": {json.dumps([closed_rule, WHOLE])}')
    yield "an argument of a block twice", with_rules(f'"ingress": [{json.dumps(WHOLE)[:-1]}, "cidr_blocks": ["10.0.0.0/8"]}}]')
    for name, more in {"": "", " with an iterator": '"iterator": "it", ', " of none": ""}.items():
        dynamic = f'{{"for_each": {"[]" if "none" in name else "[1]"}, {more}"content": {json.dumps(RULE)}}}'
        yield f"a dynamic block{name}", with_rules(f'"dynamic": {{"ingres\\u0073": {dynamic}}}')
    iterated = json.dumps({**RULE, "cidr_blocks": ["${it.value}"]})
    yield (
        "the value of an iterator",
        with_rules(f'"dynamic": {{"ingress": {{"for_each": ["0.0.0.0/0"], "iterator": "it", "content": {iterated}}}}}'),
    )
    yield "a list of dynamic blocks", with_rules(f'"dynamic": [{{"ingress": [{{"for_each": [1], "content": [{json.dumps(RULE)}]}}]}}]')
