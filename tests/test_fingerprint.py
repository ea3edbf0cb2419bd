from pipeline import fingerprint


def test_a_built_page_is_no_code(tmp_path, monkeypatch):
    monkeypatch.setattr(fingerprint, "_PACKAGE", tmp_path)
    (tmp_path / "work.py").write_text("1")
    without = fingerprint.code_fingerprint.__wrapped__()
    (tmp_path / "explorer_page").mkdir()
    (tmp_path / "explorer_page" / "index.html").write_text("page")
    assert fingerprint.code_fingerprint.__wrapped__() == without
    (tmp_path / "more.py").write_text("2")
    assert fingerprint.code_fingerprint.__wrapped__() != without
