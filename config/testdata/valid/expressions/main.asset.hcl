variable "ask" {
  type = object({
    name  = string
    size  = optional(number, 2)
    tags  = optional(list(string), ["none"])
    inner = optional(object({ deep = optional(string, "yes") }), {})
  })
  default = { name = "n" }
}
image "row" {
  count  = 3
  prompt = <<-END
    Row ${count.index}
    of ${var.ask.name}
  END
  seed   = count.index + 1
  output = "row-${count.index}.png"
}
image "mixed" {
  prompt     = "a\r\nb  "
  references = concat(slice(image.row, 0, 2), ["refs/a.png"])
  output     = "./art/../mixed.jpg"
}
image "either" {
  subject = var.ask.size > 1 ? image.mixed.path : "refs/a.png"
  style   = values({ a = image.row[2] })[0]
  output  = "either.webp"
}
image "none" {
  for_each = {}
  prompt   = "none"
  output   = "${each.key}.png"
}
locals {
  later  = local.sooner
  sooner = image.row[*].path
}
output "paths" { value = local.later }
output "ask" { value = var.ask }
output "recipe" { value = image.either }
output "none" { value = image.none }
output "root" { value = [path.module, path.root] }
output "try" { value = try(var.ask.nothing, can(var.ask.name)) }
locals {
  base = { for i, r in image.row : "k${i}" => r }
}
image "framed" {
  for_each = local.base
  subject  = each.value
  prompt   = "Frame of ${each.value.prompt}"
  output   = "framed/${each.key}.png"
}
image "again" {
  for_each   = image.framed
  prompt     = each.value.address
  references = values(image.framed)
  output     = "again/${each.key}.png"
}
