curl -H "X-API-Key: your_api_key" \
https://imaginator.mat3u.com/api/v1/health
curl -H "Authorization: Bearer your_api_key" \
https://imaginator.mat3u.com/api/v1/health
