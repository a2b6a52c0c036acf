variable "langs" { default = ["de", "en"] }
image "base" {
  prompt = "Base"
  output = "base.png"
}
module "ui" {
  for_each = toset(var.langs)
  source   = "./ui"
  lang     = each.key
  base     = image.base
}
module "extra" {
  count  = 2
  source = "./ui/inner"
  name   = "extra${count.index}"
}
module "one" {
  source = "./ui/inner"
  name   = module.ui["en"].title
}
image "collage" {
  prompt     = "Collage of ${module.ui["de"].title}"
  references = [module.ui["en"].image.logo, module.ui["de"].logo_path, module.extra[1].image.mark, "ui/refs/grid.png"]
  output     = "collage.png"
}
output "titles" { value = { for k, m in module.ui : k => m.title } }
output "marks" { value = module.extra[*].image.mark.address }
output "one" { value = module.one.image.mark.path }
