namespace VectorCluster.Api.Tests;

/// <summary>One valid request or more for every endpoint; what the mutations start from.</summary>
internal static class ValidRequests
{
    /// <summary>Collection of unnamed vectors of four dimensions; requests fill and empty it.</summary>
    public const string Collection = "fuzz";

    private const string Points = $"/collections/{Collection}/points";

    private const string Filter = """
        {"must":[{"key":"city","match":{"value":"Berlin"}},{"key":"n","range":{"gte":0,"lt":100.5}},
        {"key":"at","range":{"gt":"2024-01-01T00:00:00Z"}},{"key":"tags","values_count":{"lte":3}},
        {"nested":{"key":"rooms","filter":{"must_not":[{"key":"size","match":{"any":[1,2]}}]}}}],
        "should":[{"has_id":[1,2,"x"]},{"is_empty":{"key":"a.b"}},{"is_null":{"key":"c[]"}}],
        "must_not":{"key":"city","match":{"except":["x"]}},
        "min_should":{"conditions":[{"key":"t","match":{"text":"a"}}],"min_count":1}}
        """;

    public static (string Method, string Target, string Body)[] All { get; } =
    [
        ("PUT", "/collections/made", """
            {"vectors":{"size":4,"distance":"Cosine","hnsw_config":{"m":8,"ef_construct":64,"full_scan_threshold":100}},
            "shard_number":2,"replication_factor":1,"on_disk_payload":true,"optimizers_config":{"indexing_threshold":1}}
            """),
        (
            "PUT", "/collections/made", """{"vectors":{"a":{"size":2,"distance":"Dot"},"b":{"size":3,"distance":"Euclid"}}}"""),
        ("DELETE", "/collections/made", ""),
        ("PATCH", $"/collections/{Collection}", """{"optimizers_config":{"indexing_threshold":1000}}"""),
        ("GET", $"/collections/{Collection}", ""),
        ("GET", $"/collections/{Collection}/exists", ""),
        ("GET", "/collections", ""),
        ("PUT", $"/collections/{Collection}/index", """{"field_name":"city","field_schema":"keyword"}"""),
        (
            "PUT", $"/collections/{Collection}/index", """{"field_name":"n","field_schema":{"type":"integer","range":true}}"""),
        ("DELETE", $"/collections/{Collection}/index/city", ""),
        ("PUT", Points + "?wait=true", """
            {"points":[{"id":1,"vector":[0.1,0.2,0.3,0.4],"payload":{"city":"Berlin","n":1,"tags":["a"]}},
            {"id":"550e8400-e29b-41d4-a716-446655440000","vector":[1,2,3,4]},{"id":"x","vector":[1e3,-2,0,4],"payload":null}]}
            """),
        ("PUT", Points, """
            {"batch":{"ids":[1,2],"vectors":[[1,2,3,4],[5,6,7,8]],"payloads":[{"n":1},null]},"shard_key":"tenant"}
            """),
        ("POST", Points, """{"ids":[1,"x"],"with_payload":["city"],"with_vector":true}"""),
        ("GET", Points + "/1?timeout=5", ""),
        ("POST", Points + "/delete", """{"points":[3,4,"x"],"shard_key":["tenant"]}"""),
        ("POST", Points + "/delete", $$$"""{"filter":{{{Filter}}}}"""),
        ("POST", Points + "/payload", """{"payload":{"a":1},"points":[1],"key":"b.c"}"""),
        ("PUT", Points + "/payload", $$$"""{"payload":{"a":{"b":[1,2]}},"filter":{{{Filter}}}}"""),
        ("POST", Points + "/payload/delete", """{"keys":["a","b.c","d[].e"],"points":[1]}"""),
        ("POST", Points + "/payload/clear", """{"points":[1]}"""),
        ("POST", Points + "/batch", $$$"""
            {"operations":[{"upsert":{"points":[{"id":9,"vector":[1,2,3,4]}]}},{"set_payload":{"payload":{"a":1},"points":[9]}},
            {"overwrite_payload":{"payload":{},"points":[9]}},{"delete_payload":{"keys":["a"],"points":[9]}},
            {"clear_payload":{"filter":{{{Filter}}}}},{"delete":{"points":[9]}}]}
            """),
        (
            "POST", Points + "/scroll", $$$"""{"offset":1,"limit":5,"filter":{{{Filter}}},"with_payload":{"exclude":["a"]}}"""),
        ("POST", Points + "/count", $$$"""{"filter":{{{Filter}}},"exact":true}"""),
        ("POST", Points + "/search", $$$"""
            {"vector":[1,2,3,4],"limit":3,"offset":1,"filter":{{{Filter}}},"params":{"hnsw_ef":64,"exact":false,"quantization":{"ignore":false,"rescore":true,"oversampling":2.5}},
            "with_payload":true,"with_vector":[""],"score_threshold":0.5}
            """),
        ("POST", Points + "/search", """{"vector":{"name":"","vector":[1,2,3,4]},"limit":3}"""),
        (
            "POST", Points + "/search/batch", """{"searches":[{"vector":[1,2,3,4],"limit":3},{"vector":[0,0,0,1],"limit":1}]}"""),
        (
            "POST", Points + "/query?allow_partial=true", """{"query":[1,2,3,4],"using":"","limit":5,"max_distance":9.5}"""),
        ("POST", Points + "/query?with_distance=true", """
            {"query":{"recommend":{"positive":[1,[1,2,3,4]],"negative":["x"],"strategy":"average_vector"}},"limit":5}
            """),
        ("POST", Points + "/query", """{"query":{"nearest":1},"limit":5}"""),
        ("POST", Points + "/query", $$$"""{"filter":{{{Filter}}},"limit":5,"offset":2}"""),
        ("POST", Points + "/query/batch", """{"searches":[{"query":1,"limit":2},{"limit":2},{"query":[1,2,3,4]}]}"""),
        ("POST", Points + "/recommend", """{"positive":[1,[1,2,3,4]],"negative":[],"limit":4}"""),
        ("POST", Points + "/recommend/batch", """{"searches":[{"positive":[1],"limit":4}]}"""),
        ("GET", $"/v1/collections/{Collection}/namespaces", ""),
        ("DELETE", $"/v1/collections/{Collection}/namespaces/tenant", ""),
        ("DELETE", $"/v1/collections/{Collection}/namespaces?name=tenant", ""),
        ("GET", "/v1/cluster", ""),
        ("GET", "/v1/cluster/shards?collection=fuzz&limit=5", ""),
        ("GET", "/v1/cluster/moves", ""),
        ("POST", "/v1/cluster/moves", """{"collection":"fuzz","namespace":"tenant","shard":0,"to":"local"}"""),
        ("POST", "/v1/cluster/drain", """{"silo":"local"}"""),
        ("POST", "/v1/cluster/balancing", """{"suspended":false}"""),
        ("GET", "/", ""),
        ("GET", "/healthz", ""),
        ("GET", "/readyz", ""),
        ("GET", "/metrics", ""),
        ("GET", "/openapi", ""),
        ("GET", "/v1/status", ""),
    ];
}
