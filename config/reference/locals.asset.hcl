locals {
  style = "flat, two colours"
  icons = { for row in csvdecode(file("icons.csv")) : row.id => row.description }
}

image "icon" {
  for_each = local.icons
  prompt   = "Icon of ${each.value}, ${local.style}"
  output   = "art/${each.key}.png"
}
