variable "lang" { type = string }
variable "base" {}
locals { root = path.root }
image "logo" {
  prompt     = "Logo ${var.lang} ${local.root} ${path.module}"
  references = [var.base, "refs/grid.png"]
  output     = "${local.root}/out/${var.lang}/logo.png"
}
image "copy" {
  subject = image.logo.path
  output  = "${var.lang}-copy.png"
}
module "inner" {
  source = "./inner"
  name   = "inner-${var.lang}"
}
moved {
  from = image.old
  to   = image.copy
}
output "title" { value = upper(var.lang) }
output "logo_path" { value = image.logo.path }
