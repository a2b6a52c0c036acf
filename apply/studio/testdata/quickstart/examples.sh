curl -X POST https://imaginator.mat3u.com/api/v1/generate_image \
-H "Content-Type: application/json" \
-H "X-API-Key: your_api_key" \
-d '{
"prompt": "Futuristic city at sunset, cyberpunk style",
"model": "nano_banana_pro",
"aspect_ratio": "landscape"
}'
curl -X POST https://imaginator.mat3u.com/api/v1/generate_video \
-H "Content-Type: application/json" \
-H "X-API-Key: your_api_key" \
-d '{
"prompt": "Drone flying over mountains at sunrise",
"aspect_ratio": "landscape"
}'
