module "ui" {
  for_each = toset(["en"])
  source   = "./ui"
}
output "x" {
  value = module.ui["de"].logo # ERROR: Reference to unknown instance
}
output "y" {
  value = module.ui["en"].logo
}
