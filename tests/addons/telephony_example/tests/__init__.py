from . import test_provider_contract
