variable "from_auto" { type = list(number) }
variable "from_json" { type = map(string) }
variable "both" { default = "neither" }
variable "secret" { sensitive = true }
variable "plain" { default = null }
variable "strict" {
  default  = "kept"
  nullable = false
}
image "s" {
  prompt = "The secret is ${var.secret}"
  output = "s.png"
}
output "secret" {
  value     = upper(image.s.prompt)
  sensitive = true
}
output "both" { value = [var.both, var.from_auto, var.from_json, var.plain, var.strict] }
