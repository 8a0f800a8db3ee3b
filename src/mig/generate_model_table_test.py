"""What generate_model_table.py emits, and that it stops at what it does not understand."""

import copy
import json
import pathlib
import unittest

from generate_model_table import DataError, generate

DATA = pathlib.Path(__file__).parents[2] / "data" / "mig-profiles.json"


class GenerateModelTable(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.table = json.loads(DATA.read_text(encoding="utf-8"))

    def setUp(self):
        self.data = copy.deepcopy(self.table)
        self.gpu = self.data["gpus"][0]
        self.profile = self.gpu["profiles"][0]

    def assert_refused(self, sentence):
        with self.assertRaises(DataError) as refusal:
            generate(self.data)
        self.assertEqual(str(refusal.exception), sentence)

    def test_the_table_of_the_repository_is_understood(self):
        generated = generate(self.data)
        self.assertEqual(generated.count(".architecture ="), len(self.data["gpus"]))

    def test_the_same_data_gives_the_same_file(self):
        self.assertEqual(generate(self.data), generate(self.data))

    def test_an_unknown_number_stays_unknown(self):
        self.gpu["profiles"] = [self.profile]
        self.data["gpus"] = [self.gpu]
        self.profile |= {"memoryMiB": None, "memoryMiBObserved": [], "profileId": None}
        generated = generate(self.data)
        self.assertIn(".id = std::nullopt,", generated)
        self.assertIn(".memory = std::nullopt,", generated)

    def test_another_schema_is_refused(self):
        self.data["schemaVersion"] = 2
        self.assert_refused("table: unknown schemaVersion 2")

    def test_a_missing_field_is_named(self):
        del self.profile["maxCount"]
        self.assert_refused('A100-40GB 1g.5gb: "maxCount" is missing')

    def test_a_number_of_the_wrong_type_is_named(self):
        self.profile["maxCount"] = "7"
        self.assert_refused("""A100-40GB 1g.5gb: "maxCount" must be a whole number, not '7'""")

    def test_a_list_of_the_wrong_type_is_named(self):
        self.profile["placements"] = "0-6"
        self.assert_refused('A100-40GB 1g.5gb: "placements" must be a list')

    def test_profiles_out_of_order_are_refused(self):
        self.gpu["profiles"].reverse()
        self.assert_refused("A100-40GB: profiles must be ordered, smallest device first")

    def test_an_unknown_variant_is_refused(self):
        self.profile["name"] = "1g.5gb+new"
        self.assert_refused("A100-40GB 1g.5gb+new: '+new' is not a known variant")

    def test_an_unknown_engine_is_refused(self):
        self.profile["engines"]["npu"] = 1
        self.assert_refused("A100-40GB 1g.5gb: unknown engines ['npu']")

    def test_a_resource_that_does_not_follow_from_the_name_is_refused(self):
        self.gpu["profiles"][1]["resource"] = "nvidia.com/mig-1g.5gb+me"
        self.assert_refused("A100-40GB 1g.5gb+me: resource is not nvidia.com/mig-1g.5gb.me")

    def test_a_placement_outside_the_gpu_is_refused(self):
        self.profile["placements"].append({"start": 8, "size": 1})
        self.assert_refused("A100-40GB 1g.5gb: a placement leaves the GPU")

    def test_a_product_label_of_two_models_is_refused(self):
        self.data["gpus"][1]["productLabels"] = ["NVIDIA-A100-SXM4-40GB"]
        self.assert_refused("gpus: two models have the same product label")

    def test_an_alias_of_no_profile_is_refused(self):
        self.gpu["nameAliases"] = {"1g.6gb": "1g.7gb"}
        self.assert_refused("A100-40GB: an alias of a profile that is not there")

    def test_text_that_would_break_out_of_a_literal_is_refused(self):
        self.gpu["architecture"] = 'Ampere"'
        self.assert_refused('A100-40GB: "architecture" must be plain text')


if __name__ == "__main__":
    unittest.main()
