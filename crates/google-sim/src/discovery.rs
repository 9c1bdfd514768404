//! The discovery document: what Python's `google-api-python-client` builds its calls from.

use serde_json::{Map, Value, json};

use crate::oauth::SCOPE_PREFIX;

/// Name, verb, path, query parameters (lists end in `[]`, numbers in `#`), request and answer of each method.
type Method = (&'static str, &'static str, &'static str, &'static [&'static str], Option<&'static str>, &'static str);

const MEDIA_ITEMS: [Method; 6] = [
    ("list", "GET", "v1/mediaItems", &["pageSize#", "pageToken"], None, "ListMediaItemsResponse"),
    ("search", "POST", "v1/mediaItems:search", &[], Some("SearchMediaItemsRequest"), "SearchMediaItemsResponse"),
    ("get", "GET", "v1/mediaItems/{+mediaItemId}", &[], None, "MediaItem"),
    ("batchGet", "GET", "v1/mediaItems:batchGet", &["mediaItemIds[]"], None, "BatchGetMediaItemsResponse"),
    ("batchCreate", "POST", "v1/mediaItems:batchCreate", &[], Some("BatchCreateMediaItemsRequest"), "BatchCreateMediaItemsResponse"),
    ("patch", "PATCH", "v1/mediaItems/{+mediaItemId}", &["updateMask"], Some("MediaItem"), "MediaItem"),
];

const ALBUMS: [Method; 6] = [
    ("list", "GET", "v1/albums", &["pageSize#", "pageToken"], None, "ListAlbumsResponse"),
    ("create", "POST", "v1/albums", &[], Some("CreateAlbumRequest"), "Album"),
    ("get", "GET", "v1/albums/{+albumId}", &[], None, "Album"),
    ("patch", "PATCH", "v1/albums/{+albumId}", &["updateMask"], Some("Album"), "Album"),
    (
        "batchAddMediaItems",
        "POST",
        "v1/albums/{+albumId}:batchAddMediaItems",
        &[],
        Some("BatchAddMediaItemsToAlbumRequest"),
        "BatchAddMediaItemsToAlbumResponse",
    ),
    (
        "batchRemoveMediaItems",
        "POST",
        "v1/albums/{+albumId}:batchRemoveMediaItems",
        &[],
        Some("BatchRemoveMediaItemsFromAlbumRequest"),
        "BatchRemoveMediaItemsFromAlbumResponse",
    ),
];

/// Properties of each message: a list ends in `[]`, a number in `#`, another message follows a colon.
const SCHEMAS: [(&str, &[&str]); 18] = [
    ("ListMediaItemsResponse", &["mediaItems[]:MediaItem", "nextPageToken"]),
    ("SearchMediaItemsRequest", &["albumId", "pageSize#", "pageToken", "orderBy", "filters:Filters"]),
    ("SearchMediaItemsResponse", &["mediaItems[]:MediaItem", "nextPageToken"]),
    ("Filters", &[]),
    ("MediaItem", &["id", "description", "productUrl", "baseUrl", "mimeType", "filename", "mediaMetadata:MediaMetadata"]),
    ("MediaMetadata", &["creationTime", "width", "height", "photo:Photo", "video:Video"]),
    ("Photo", &["cameraMake", "cameraModel", "focalLength#", "apertureFNumber#", "isoEquivalent#", "exposureTime"]),
    ("Video", &["cameraMake", "cameraModel", "fps#", "status"]),
    ("BatchGetMediaItemsResponse", &[]),
    ("BatchCreateMediaItemsRequest", &["albumId"]),
    ("BatchCreateMediaItemsResponse", &[]),
    ("ListAlbumsResponse", &["albums[]:Album", "nextPageToken"]),
    ("CreateAlbumRequest", &["album:Album"]),
    ("Album", &["id", "title", "productUrl", "mediaItemsCount", "coverPhotoMediaItemId", "coverPhotoBaseUrl"]),
    ("BatchAddMediaItemsToAlbumRequest", &["mediaItemIds[]"]),
    ("BatchAddMediaItemsToAlbumResponse", &[]),
    ("BatchRemoveMediaItemsFromAlbumRequest", &["mediaItemIds[]"]),
    ("BatchRemoveMediaItemsFromAlbumResponse", &[]),
];

/// Returns the document of a service at `root`.
pub(crate) fn document(root: &str) -> Value {
    // Google's own document still names the scopes that were taken away.
    let scopes = ["photoslibrary", "photoslibrary.readonly", "photoslibrary.appendonly", "photoslibrary.edit.appcreateddata"];
    let described = scopes.iter().map(|scope| (format!("{SCOPE_PREFIX}{scope}"), json!({"description": scope}))).collect::<Map<_, _>>();
    let schemas = SCHEMAS.iter().map(|(name, properties)| ((*name).to_owned(), schema(name, properties))).collect::<Map<_, _>>();
    json!({
        "kind": "discovery#restDescription",
        "discoveryVersion": "v1",
        "id": "photoslibrary:v1",
        "name": "photoslibrary",
        "version": "v1",
        "revision": "20251221",
        "title": "Photos Library API",
        "description": "A simulator of the Photos Library API.",
        "protocol": "rest",
        "rootUrl": format!("{root}/"),
        "servicePath": "",
        "baseUrl": format!("{root}/"),
        "basePath": "",
        "batchPath": "batch",
        "auth": {"oauth2": {"scopes": described}},
        "parameters": {
            "alt": {"type": "string", "location": "query", "default": "json"},
            "fields": {"type": "string", "location": "query"},
            "key": {"type": "string", "location": "query"},
            "prettyPrint": {"type": "boolean", "location": "query", "default": "true"},
            "quotaUser": {"type": "string", "location": "query"},
        },
        "schemas": schemas,
        "resources": {
            "mediaItems": {"methods": methods("mediaItems", &MEDIA_ITEMS)},
            "albums": {"methods": methods("albums", &ALBUMS)},
        },
    })
}

fn methods(resource: &str, methods: &[Method]) -> Value {
    let described = methods.iter().map(|(name, verb, path, query, request, response)| {
        let mut parameters: Map<String, Value> = query.iter().map(|parameter| query_parameter(parameter)).collect();
        let mut order = Vec::new();
        if let Some(id) = path.split_once("{+").and_then(|(_, rest)| rest.split_once('}')).map(|(id, _)| id) {
            parameters.insert(id.to_owned(), json!({"type": "string", "location": "path", "required": true, "pattern": "^[^/]+$"}));
            order.push(id);
        }
        let mut method = json!({
            "id": format!("photoslibrary.{resource}.{name}"),
            "path": path,
            "flatPath": path.replace("{+", "{"),
            "httpMethod": verb,
            "parameters": parameters,
            "parameterOrder": order,
            "response": {"$ref": response},
            "scopes": [format!("{SCOPE_PREFIX}photoslibrary")],
        });
        if let Some(request) = request {
            method["request"] = json!({"$ref": request});
        }
        ((*name).to_owned(), method)
    });
    Value::Object(described.collect())
}

fn query_parameter(parameter: &str) -> (String, Value) {
    if let Some(name) = parameter.strip_suffix("[]") {
        return (name.to_owned(), json!({"type": "string", "location": "query", "repeated": true}));
    }
    match parameter.strip_suffix('#') {
        Some(name) => (name.to_owned(), json!({"type": "integer", "format": "int32", "location": "query"})),
        None => (parameter.to_owned(), json!({"type": "string", "location": "query"})),
    }
}

fn schema(name: &str, properties: &[&str]) -> Value {
    let described = properties.iter().map(|property| {
        let (name, message) = property.split_once(':').map_or((*property, None), |(name, message)| (name, Some(message)));
        let one = match (message, name.ends_with('#')) {
            (Some(message), _) => json!({"$ref": message}),
            (None, true) => json!({"type": "number", "format": "float"}),
            (None, false) => json!({"type": "string"}),
        };
        let value = if name.ends_with("[]") { json!({"type": "array", "items": one}) } else { one };
        (name.trim_end_matches("[]").trim_end_matches('#').to_owned(), value)
    });
    json!({"id": name, "type": "object", "properties": described.collect::<Map<_, _>>()})
}
