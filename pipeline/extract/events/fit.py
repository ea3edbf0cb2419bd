"""Does a frame of the lexicon fit? Its tests against the arguments found in the parse."""

from collections.abc import Callable

from spacy.tokens import Token

from pipeline.extract.events.arguments import Argument
from pipeline.extract.events.lexicon import Frame, Test, words
from pipeline.extract.events.syntax import child, conjuncts, is_passive, prepositional, subject
from pipeline.extract.events.who import Who, counted


class Fit:
    """Tests frames."""

    def __init__(self, who: Who, type_of: Callable[[Token], str | None]) -> None:
        """Use `type_of` to learn what act a clause tells of."""
        self._who = who
        self._type_of = type_of
        self._classes: dict[str, Callable[[Token], bool]] = {
            "NAMED": who.names.is_name,
            "PEOPLE": self._is_people,
            "SOMEONE": lambda token: who.party(token) is not None,
            "WHO": who.is_somebody,
            "PLACE": who.names.is_country,
            "PERSON_NAME": who.names.is_person,
            "SEVERAL": lambda token: len(conjuncts(token)) > 1,
            "GOVS": self._is_government,
            "CIVIL": lambda token: who.sector(token) in words("powerless"),
            "ACT": lambda token: type_of(token) is not None,
            "HARM": lambda token: type_of(token) in words("harmful"),
            "MUST": self._is_told_to,
            "WISHED": _is_wished,
        }

    def frame(self, trigger: Token, frame: Frame, argument: Argument) -> bool:
        """Tell whether every test of `frame` holds."""
        return all(self._holds(trigger, test, argument) for test in frame.tests)

    def _holds(self, trigger: Token, test: Test, argument: Argument) -> bool:
        for key in test.keys:
            found = argument(trigger, key)
            if test.absent:
                return found is None
            if found is not None and self._fits(found, test):
                return True
        return False

    def _fits(self, token: Token, test: Test) -> bool:
        if not test.words and not test.classes:
            return True
        return any(
            self._has_word(member, test) or any(self._classes[n](member) for n in test.classes)
            for member in _members(token)
        )

    def _has_word(self, token: Token, test: Test) -> bool:
        if not test.words:
            return False
        if token.pos_ == "PRON" and token.lower_ in ("them", "it", "they"):
            return self._stands_for(token, test)
        forms = self._forms(token)
        known = [form for form in forms[1:] if form in self._who.lexicon.compounds]
        # An "air strike" is no strike, so a known compound decides alone.
        return not test.words.isdisjoint(known or (*forms, token.lower_))

    def _forms(self, token: Token) -> list[str]:
        """Return the lemma of `token`, then the longer words it is the head of."""
        lemma = self._who.parse.lemma(token).lower()
        forms = [lemma]
        if token.i > 1 and token.nbor(-1).text == "-":
            forms.append(f"{token.nbor(-2).lower_}-{lemma}")
        before = next((c for c in token.children if c.i == token.i - 1), None)
        if before is not None:
            forms.append(f"{before.lower_} {lemma}")
        of = prepositional(token, "of")
        if of is not None:
            forms.append(f"{lemma} of {self._who.parse.lemma(of).lower()}")
        return forms

    def _stands_for(self, pronoun: Token, test: Test) -> bool:
        """Tell whether a noun before "it" or "them" in its sentence that agrees fits `test`."""
        tag = "NN" if pronoun.lower_ == "it" else "NNS"
        lemma = self._who.parse.lemma
        return any(
            token.tag_ == tag
            and (token.lower_ in test.words or lemma(token) in test.words)
            and not self._who.is_people(token)
            for token in pronoun.doc[pronoun.sent.start : pronoun.i]
        )

    def _is_people(self, token: Token) -> bool:
        named = token.pos_ == "PROPN" and self._who.names.is_name(token)
        return named or self._who.is_people(token)

    def _is_government(self, token: Token) -> bool:
        return token.pos_ == "PROPN" or self._who.sector(token) == "GOV"

    def _is_told_to(self, clause: Token) -> bool:
        """Tell whether a reported clause says what someone else must do."""
        addressed = subject(clause)
        if addressed is None or addressed.pos_ == "PRON" or is_passive(clause):
            return False
        if any(c.dep_ == "aux" and c.lower_ in words("must") for c in clause.children):
            return self._who.is_somebody(addressed)
        must = clause.lower_ in words("must have") and child(clause, "xcomp") is not None
        return must and addressed.pos_ == "PROPN"


def _is_wished(clause: Token) -> bool:
    """Tell whether a clause is what somebody wants: "that he resign", "that it be shut"."""
    wishing = subject(clause)
    auxiliaries = [found.lower_ for found in clause.children if found.dep_ in ("aux", "auxpass")]
    # A bare form is also tagged as a plural: after one man or body it is none.
    bare = clause.tag_ == "VB" or (
        clause.tag_ == "VBP" and wishing is not None and wishing.tag_ in ("NN", "NNP")
    )
    return wishing is not None and (auxiliaries == ["be"] or (bare and not auxiliaries))


def _members(token: Token) -> list[Token]:
    found = conjuncts(token)
    inner = counted(token)
    return found if inner is token else found + conjuncts(inner)
