# ./ui has *.asset.hcl files of its own, with a variable "language".
module "ui" {
  source   = "./ui"
  for_each = toset(["en", "de"])
  language = each.key
}

output "english_button" {
  value = module.ui["en"].button
}
