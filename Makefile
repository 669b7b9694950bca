PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test lint docs docs-check pictures plans live plans-check fuzz bench clean

demo: $(READY) ## show a pull request, scan the reference deployment and a module with defects, mend another, audit live accounts on this machine
	@echo "== A pull request on a repository with debt: only what it makes worse counts"
	$(BIN)/python fixtures/demo/pull_request.py
	@echo "== The reference deployment, in every form: nothing fails"
	$(BIN)/assay scan --config fixtures/trade_streamer/assay.yaml --quiet fixtures/trade_streamer; test $$? -eq 3 # some forms cannot show everything
	@echo "== A module with defects, in full"
	rm -rf demo-evidence demo-fix demo-key demo-key.pub
	$(BIN)/assay evidence keygen demo-key
	$(BIN)/assay scan --no-config fixtures/demo -r text -r html=demo.html -r json=demo.json \
	  --evidence demo-evidence --evidence-key demo-key; test $$? -eq 1
	@echo "== A module with seven defects, mended by one command: the diff, then the scan, which passes"
	rm -rf demo-fix && cp -r fixtures/demo_fix demo-fix
	$(BIN)/assay fix --no-config --unsafe demo-fix; test $$? -eq 1
	$(BIN)/assay scan --no-config --quiet --fixes -r sarif=demo.sarif demo-fix; test $$? -eq 1
	$(BIN)/assay fix --no-config --unsafe --write --quiet demo-fix
	$(BIN)/assay scan --no-config --quiet demo-fix
	@echo "== The module with defects in an editor: marks, and what is safe to fix"
	$(BIN)/python fixtures/demo/editor.py
	@echo "== The reference deployments as live accounts on this machine, beside their code"
	$(BIN)/python fixtures/demo/live.py
	@echo "== The reference deployment of AWS in two parts, and their merge: the report of the whole, with a page for each account"
	rm -rf demo-shards demo-accounts
	for part in 1 2; do $(BIN)/assay scan --config fixtures/trade_streamer/assay.yaml fixtures/trade_streamer/aws/terraform fixtures/trade_streamer/gcp/terraform \
	  --shard $$part/2 --out demo-shards || exit 1; done
	$(BIN)/assay merge --config fixtures/trade_streamer/assay.yaml --quiet -r text -r html=demo-accounts/ demo-shards
	@echo "== Four nights of one account: a defect appears, is waived, counts again, is fixed"
	$(BIN)/python fixtures/demo/nights.py
	@echo "== The evidence of that scan, as an auditor checks it: who signed what, and whether the verdicts follow from it"
	$(BIN)/assay evidence verify demo-evidence --key demo-key.pub
	$(BIN)/assay evidence replay demo-evidence/2*
	@echo "== Written: demo.html, demo.json, demo.sarif with fixes, demo-accounts/index.html, and a run folder for an auditor:" demo-evidence/2*/reports/results.html

test: $(READY) ## all tests
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -n auto --dist worksteal

lint: $(READY) ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check scanner reports
	$(BIN)/mypy
	$(BIN)/assay controls lint

docs: $(READY) ## write the generated pages
	$(BIN)/python docs/generate.py
	$(BIN)/python deploy/write.py
	$(BIN)/python docs/transcripts.py docs/adopting.md docs/coming-from.md docs/diff.md docs/fixing.md docs/history.md docs/query.md docs/scale.md docs/second-opinion.md docs/writing-a-rule.md

docs-check: $(READY) ## the generated pages are those of the rules
	$(BIN)/python docs/generate.py --check
	$(BIN)/python deploy/write.py --check

pictures: $(READY) ## make the pictures of docs/evidence.md anew (needs Chromium)
	$(BIN)/python docs/pictures.py

plans: $(READY) ## write real plans of the AWS fixtures (needs terraform and a mirror of its AWS provider)
	$(BIN)/python fixtures/plans.py

live: $(READY) ## record the live cases of AWS from a moto server (needs terraform and a mirror of its AWS provider)
	$(BIN)/python fixtures/live.py --missing
	$(BIN)/python fixtures/unanswered.py
	$(BIN)/python fixtures/reference.py

plans-check: $(READY)
	$(BIN)/python fixtures/plans.py --check

fuzz: $(READY) ## damage and disguise the cases of the controls: make fuzz INPUTS=20000 SEED=1
	$(BIN)/python -m tests.hostile.fuzzing --inputs $(or $(INPUTS),2000) --seed $(or $(SEED),0)

bench: $(READY) ## measure against checkov, cloudsplaining, Prowler, tfparse and bare loops, in virtual environments of their own
	$(BIN)/python bench/run.py
	$(BIN)/python bench/verdicts.py
	$(BIN)/python bench/access.py
	$(BIN)/python bench/templates.py
	$(BIN)/python bench/live.py
	$(BIN)/python bench/accounts.py
	$(BIN)/python bench/since.py
	$(BIN)/python bench/assets.py
	$(BIN)/python bench/page.py
	$(BIN)/python bench/history.py
	$(BIN)/python bench/editor.py
	$(BIN)/python bench/fix.py
	$(BIN)/python bench/shards.py
	$(BIN)/python bench/scheduler.py

$(READY): pyproject.toml hatch_build.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $(READY)

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache demo.html demo.json demo.sarif demo-evidence demo-fix demo-key demo-key.pub demo-shards demo-accounts
