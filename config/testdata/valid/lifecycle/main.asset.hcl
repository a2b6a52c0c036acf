locals {
  limits = { width = 512, height = 256 }
}
image "a" {
  for_each = toset(["x", "y"])
  prompt   = "Prompt ${each.key}"
  output   = "${each.key}.png"
  lifecycle {
    prevent_destroy    = each.key == "x"
    prevent_regenerate = true
    ignore_changes     = all
    dynamic "postcondition" {
      for_each = local.limits
      iterator = limit
      content {
        condition     = self[limit.key] >= limit.value
        error_message = "${each.key}: ${limit.key} below ${limit.value}"
      }
    }
  }
}
image "b" {
  prompt = "Dynamic"
  output = "b.png"
  dynamic "lifecycle" {
    for_each = [true]
    content {
      prevent_destroy      = lifecycle.value
      ignore_changes       = [prompt, seed]
      replace_triggered_by = [image.a, video.c, image.a["x"]]
    }
  }
}
video "c" {
  prompt = "Trigger"
  output = "c.webm"
  provider = null
  lifecycle {
    prevent_destroy      = null
    replace_triggered_by = null
  }
}
assetform {
  dynamic "budget" {
    for_each = [3]
    content { videos = budget.value }
  }
}
