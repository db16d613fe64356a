using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace VectorCluster.Api.Tests;

/// <summary>What stands on the wire: shapes, defaults, status codes and places, as Qdrant's clients expect
/// them.</summary>
public sealed class ProtocolTests(ApiServer server) : IClassFixture<ApiServer>
{
    private static int _lastCollection;

    [Fact]
    public async Task The_root_tells_the_version_of_the_API_without_an_envelope()
    {
        var root = await server.Http.GetFromJsonAsync<JsonElement>("");

        Assert.Equal("VectorCluster", root.GetProperty("title").GetString());
        Assert.Equal(VectorClusterApi.QdrantApiVersion, root.GetProperty("version").GetString());
        Assert.False(string.IsNullOrEmpty(root.GetProperty("server_version").GetString()));
    }

    [Theory]
    [InlineData("healthz")]
    [InlineData("livez")]
    [InlineData("readyz")]
    public async Task Health_is_plain_text(string path)
    {
        using var response = await server.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Every_answer_has_result_status_and_time()
    {
        var name = await CreateAsync("Cosine");

        var answer = await SendAsync("GET", $"collections/{name}/exists", body: null, HttpStatusCode.OK);

        Assert.True(answer.GetProperty("result").GetProperty("exists").GetBoolean());
        Assert.Equal("ok", answer.GetProperty("status").GetString());
        Assert.True(answer.GetProperty("time").GetDouble() >= 0);
    }

    [Theory]
    [InlineData("Cosine", "[1,0]", 1, 0, -1)]
    [InlineData("Dot", "[2,0]", 4, 0, -4)]
    [InlineData("Euclid", "[2,0]", 0, 2.828427, 4)]
    [InlineData("Manhattan", "[2,0]", 0, 4, 4)]
    public async Task Scores_are_in_Qdrants_convention(
        string distance, string query, double near, double side, double far)
    {
        var name = await CreateAsync(distance);
        await UpsertAsync(
            name, """{"points":[{"id":1,"vector":[2,0]},{"id":2,"vector":[0,2]},{"id":3,"vector":[-2,0]}]}""");

        var hits = (await PostAsync(name, "search", $$"""{"vector":{{query}},"limit":10}""")).GetProperty("result");

        var scores = hits.EnumerateArray()
            .OrderBy(hit => hit.GetProperty("id").GetInt32())
            .Select(hit => hit.GetProperty("score").GetDouble()).ToArray();
        Assert.Equal(near, scores[0], 1e-5);
        Assert.Equal(side, scores[1], 1e-5);
        Assert.Equal(far, scores[2], 1e-5);
        Assert.Equal(1, hits[0].GetProperty("id").GetInt32());
    }

    [Theory]
    [InlineData("Cosine", 0.5, "1")]
    [InlineData("Cosine", 0.0, "1 2")]
    [InlineData("Dot", 4, "1")]
    [InlineData("Dot", -3.9, "1 2")]
    [InlineData("Euclid", 3, "1 2")]
    [InlineData("Manhattan", 3.9, "1")]
    public async Task A_score_threshold_keeps_what_is_at_least_as_near(string distance, double threshold, string ids)
    {
        var name = await CreateAsync(distance);
        await UpsertAsync(
            name, """{"points":[{"id":1,"vector":[2,0]},{"id":2,"vector":[0,2]},{"id":3,"vector":[-2,0]}]}""");

        var body = FormattableString.Invariant($$"""{"query":[2,0],"score_threshold":{{threshold}}}""");
        var points = (await PostAsync(name, "query", body)).GetProperty("result").GetProperty("points");

        Assert.Equal(ids, string.Join(' ', points.EnumerateArray().Select(hit => hit.GetProperty("id").GetInt32())));
    }

    [Fact]
    public async Task Payloads_come_by_default_with_reads_and_not_with_searches()
    {
        var name = await CreateAsync("Dot");
        await UpsertAsync(name, """{"points":[{"id":1,"vector":[1,0],"payload":{"a":1}}]}""");

        var scrolled = (await PostAsync(name, "scroll", "{}")).GetProperty("result").GetProperty("points")[0];
        var many = await SendAsync("POST", $"collections/{name}/points", """{"ids":[1]}""", HttpStatusCode.OK);
        var read = many.GetProperty("result")[0];
        var sought = (await PostAsync(name, "search", """{"vector":[1,0],"limit":1}""")).GetProperty("result")[0];
        var queried = (await PostAsync(name, "query", """{"query":1}""")).GetProperty("result");
        var single = await SendAsync("GET", $"collections/{name}/points/1", null, HttpStatusCode.OK);
        var one = single.GetProperty("result");

        Assert.True(scrolled.TryGetProperty("payload", out _));
        Assert.True(read.TryGetProperty("payload", out _));
        Assert.False(sought.TryGetProperty("payload", out _));
        Assert.False(sought.TryGetProperty("vector", out _));
        Assert.Empty(queried.GetProperty("points").EnumerateArray());
        Assert.Equal("[1,0]", one.GetProperty("vector").GetRawText());
    }

    [Fact]
    public async Task A_query_for_nothing_in_particular_answers_in_the_order_of_ids()
    {
        var name = await CreateAsync("Dot");
        await UpsertAsync(
            name, """{"batch":{"ids":[3,1,2],"vectors":[[1,0],[1,0],[1,0]],"payloads":[{"n":3},{"n":1},null]}}""");

        var points = (await PostAsync(name, "query", """{"limit":2,"offset":1,"with_payload":true}"""))
            .GetProperty("result").GetProperty("points");

        Assert.Equal([2, 3], points.EnumerateArray().Select(point => point.GetProperty("id").GetInt32()));
        Assert.Equal(3, points[1].GetProperty("payload").GetProperty("n").GetInt32());
    }

    [Theory]
    [InlineData("\"tenant\"")]
    [InlineData("[\"tenant\"]")]
    public async Task A_shard_key_names_the_namespace_and_comes_back(string key)
    {
        var name = await CreateAsync("Dot");
        await UpsertAsync(name, $$"""{"points":[{"id":1,"vector":[1,0]}],"shard_key":{{key}}}""");

        var found = await PostAsync(name, "search", $$"""{"vector":[1,0],"limit":1,"shard_key":{{key}}}""");
        var hit = found.GetProperty("result")[0];
        var none = (await PostAsync(name, "search", """{"vector":[1,0],"limit":1}""")).GetProperty("result");
        var namespaces = await SendAsync("GET", $"v1/collections/{name}/namespaces", null, HttpStatusCode.OK);

        Assert.Equal("tenant", hit.GetProperty("shard_key").GetString());
        Assert.Empty(none.EnumerateArray());
        Assert.Contains("tenant", namespaces.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT", "points", """{"points":[{"id":1,"vector":[1,0]},{"id":2,"vector":[1,0,0]}]}""", "$.points[1].vector", "wrong_dimension")]
    [InlineData("PUT", "points", """{"batch":{"ids":[1,2],"vectors":[[1,0],[1]]}}""", "$.batch.vectors[1]", "wrong_dimension")]
    [InlineData("PUT", "points", """{"points":[{"id":-1,"vector":[1,0]}]}""", "$.points[0].id", "invalid_point_id")]
    [InlineData("PUT", "points", """{"points":[{"id":1,"vector":{"indices":[1],"values":[1]}}]}""", "$.points[0].vector['indices']", "unknown_vector")]
    [InlineData("PUT", "points", """{"points":[{"id":1,"vector":[1,0],"payload":[]}]}""", "$.points[0].payload", "wrong_type")]
    [InlineData("POST", "points/batch", """{"operations":[{"delete":{"points":[]}},{"upsert":{"points":[{"id":1,"vector":[1]}]}}]}""", "$.operations[1].upsert.points[0].vector", "wrong_dimension")]
    [InlineData("POST", "points/batch", """{"operations":[{"update_vectors":{}}]}""", "$.operations[0].update_vectors", "unsupported")]
    [InlineData("POST", "points/search", """{"vector":[1,0,0],"limit":1}""", "$.vector", "wrong_dimension")]
    [InlineData("POST", "points/search", """{"vector":[1,0],"limit":10001}""", "$.limit", "out_of_range")]
    [InlineData("POST", "points/query", """{"query":[1],"limit":1}""", "$.query", "wrong_dimension")]
    [InlineData("POST", "points/query", """{"prefetch":{"limit":1},"query":{"fusion":"rrf"}}""", "$.prefetch", "unsupported")]
    [InlineData("POST", "points/query", """{"query":{"fusion":"rrf"}}""", "$.query", "unsupported")]
    [InlineData("POST", "points/query", """{"query":[1,0],"lookup_from":{"collection":"x"}}""", "$.lookup_from", "unsupported")]
    [InlineData("POST", "points/query", """{"query":[1,0],"filter":{"mist":[]}}""", "$.filter.mist", "unknown_field")]
    [InlineData("POST", "points/recommend", """{"positive":[[1,0,0]],"limit":1}""", "$.positive[0]", "wrong_dimension")]
    [InlineData("POST", "points/search/batch", """{"searches":[{"vector":[1],"limit":1}]}""", "$.searches[*].vector", "wrong_dimension")]
    [InlineData("POST", "points/delete", """{"points":[1],"filter":{}}""", "$.filter", "invalid_request")]
    [InlineData("POST", "points/delete", "{}", "$.points", "missing_field")]
    [InlineData("PUT", "index", """{"field_name":"a","field_schema":"text"}""", "$.field_schema", "unsupported")]
    public async Task A_wrong_request_is_answered_with_the_place(
        string method, string suffix, string body, string path, string code)
    {
        var name = await CreateAsync("Dot");

        var answer = await SendAsync(method, $"collections/{name}/{suffix}", body, HttpStatusCode.BadRequest);

        var status = answer.GetProperty("status");
        Assert.Equal(path, status.GetProperty("path").GetString());
        Assert.Equal(code, status.GetProperty("code").GetString());
        Assert.False(status.GetProperty("retry_safe").GetBoolean());
    }

    [Theory]
    [InlineData("""{}""", "$.vectors", "missing_field")]
    [InlineData("""{"vectors":{}}""", "$.vectors", "missing_field")]
    [InlineData("""{"vectors":{"size":4,"distance":"Hamming"}}""", "$.vectors.distance", "invalid_request")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot","datatype":"uint8"}}""", "$.vectors.datatype", "unsupported")]
    [InlineData("""{"vectors":{"a":{"size":4,"distance":"Dot","multivector_config":{"comparator":"max_sim"}}}}""", "$.vectors.a.multivector_config", "unsupported")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot"},"sparse_vectors":{"s":{}}}""", "$.sparse_vectors", "unsupported")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot"},"quantization_config":{"scalar":{"type":"int4"}}}""", "$.quantization_config.scalar.type", "unsupported")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot"},"quantization_config":{"binary":{"encoding":"one_and_half_bits"}}}""", "$.quantization_config.binary.encoding", "unsupported")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot"},"quantization_config":{"product":{"compression":"x16"}}}""", "$.quantization_config.product", "unsupported")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot"},"quantization_config":{"bits":4,"binary":{}}}""", "$.quantization_config", "invalid_request")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot"},"quantization_config":{"bits":4,"oversampling":0.5}}""", "$.quantization_config.oversampling", "out_of_range")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot"},"quantization_config":{"bits":4,"resocre":true}}""", "$.quantization_config.resocre", "unknown_field")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot","quantization_config":{"bits":3}}}""", "$.vectors.quantization_config.bits", "unsupported")]
    [InlineData("""{"vectors":{"size":4,"distance":"Manhattan","quantization_config":{"bits":4}}}""", "$.vectors.quantization_config", "unsupported")]
    [InlineData("""{"vectors":{"size":0,"distance":"Dot"}}""", "$.vectors.size", "out_of_range")]
    public async Task A_collection_that_would_be_another_one_is_refused(string body, string path, string code)
    {
        var answer = await SendAsync("PUT", "collections/refused", body, HttpStatusCode.BadRequest);

        Assert.Equal(path, answer.GetProperty("status").GetProperty("path").GetString());
        Assert.Equal(code, answer.GetProperty("status").GetProperty("code").GetString());
    }

    // Goal: codes are asked for over HTTP, for all vectors or one. Method: what is stored says so.
    [Theory]
    [InlineData("""{"vectors":{"size":2,"distance":"Dot"},"quantization_config":{"bits":4}}""", 4)]
    [InlineData("""{"vectors":{"size":2,"distance":"Dot","quantization_config":{"bits":4}}}""", 4)]
    [InlineData("""{"vectors":{"size":2,"distance":"Dot"}}""", 0)]
    [InlineData("""{"vectors":{"size":64,"distance":"Dot"},"quantization_config":{"rescore":false}}""", 4)]
    [InlineData("""{"vectors":{"size":2,"distance":"Dot"},"quantization_config":{"scalar":{"type":"int8","quantile":0.99,"always_ram":true}}}""", 8)]
    [InlineData("""{"vectors":{"size":2,"distance":"Dot"},"quantization_config":{"binary":{"always_ram":true}}}""", 1)]
    [InlineData("""{"vectors":{"size":2,"distance":"Dot"},"quantization_config":{"binary":{"encoding":"two_bits"},"rescore":false}}""", 2)]
    [InlineData("""{"vectors":{"size":2,"distance":"Dot","quantization_config":{"bits":0}},"quantization_config":{"bits":4}}""", 0)]
    public async Task Quantization_is_a_setting_of_vectors(string body, int bits)
    {
        var name = NewName();
        await SendAsync("PUT", $"collections/{name}", body, HttpStatusCode.OK);

        var answer = await SendAsync("GET", $"collections/{name}", null, HttpStatusCode.OK);

        Assert.Contains($"\"quantization_bits\":{bits}", answer.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_without_effect_on_results_are_accepted()
    {
        await SendAsync("PUT", $"collections/{NewName()}", """
            {"vectors":{"size":2,"distance":"Dot","on_disk":true,"quantization_config":null},"replication_factor":2,
            "write_consistency_factor":1,"on_disk_payload":true,"optimizers_config":{"indexing_threshold":1},
            "wal_config":{"wal_capacity_mb":1},"sharding_method":"custom","quantization_config":null,"sparse_vectors":null}
            """, HttpStatusCode.OK);
    }

    [Fact]
    public async Task Missing_things_are_404_taken_names_409_and_wrong_methods_405()
    {
        var name = await CreateAsync("Dot");

        var missing = await SendAsync("GET", "collections/nothing-here", null, HttpStatusCode.NotFound);
        var point = await SendAsync("GET", $"collections/{name}/points/77", null, HttpStatusCode.NotFound);
        await SendAsync(
            "PUT", $"collections/{name}", """{"vectors":{"size":2,"distance":"Dot"}}""", HttpStatusCode.Conflict);
        var route = await SendAsync("GET", "no/such/route", null, HttpStatusCode.NotFound);
        var method = await SendAsync("DELETE", "collections", null, HttpStatusCode.MethodNotAllowed);
        const string Change = """{"payload":{"a":1},"points":[77]}""";
        await SendAsync("POST", $"collections/{name}/points/payload", Change, HttpStatusCode.NotFound);

        Assert.Equal(ErrorCodes.CollectionNotFound, missing.GetProperty("status").GetProperty("code").GetString());
        Assert.Equal(ErrorCodes.PointNotFound, point.GetProperty("status").GetProperty("code").GetString());
        Assert.Equal(HttpErrorCodes.UnknownRoute, route.GetProperty("status").GetProperty("code").GetString());
        Assert.Equal(HttpErrorCodes.MethodNotAllowed, method.GetProperty("status").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_write_says_completed_unless_the_caller_does_not_wait()
    {
        var name = await CreateAsync("Dot");
        const string Body = """{"points":[{"id":1,"vector":[1,0]}]}""";

        var waited = await SendAsync("PUT", $"collections/{name}/points?wait=true", Body, HttpStatusCode.OK);
        var hurried = await SendAsync("PUT", $"collections/{name}/points?wait=false", Body, HttpStatusCode.OK);

        Assert.Equal("completed", waited.GetProperty("result").GetProperty("status").GetString());
        Assert.Equal("acknowledged", hurried.GetProperty("result").GetProperty("status").GetString());
        Assert.True(hurried.GetProperty("result").GetProperty("operation_id").GetInt64()
            > waited.GetProperty("result").GetProperty("operation_id").GetInt64());
    }

    [Theory]
    [InlineData("wait=perhaps")]
    [InlineData("timeout=soon")]
    [InlineData("timeout=-1")]
    public async Task A_wrong_query_parameter_is_found_before_anything_is_done(string query)
    {
        var name = await CreateAsync("Dot");
        const string Body = """{"points":[{"id":1,"vector":[1,0]}]}""";

        await SendAsync("PUT", $"collections/{name}/points?{query}", Body, HttpStatusCode.BadRequest);

        var count = await PostAsync(name, "count", "{}");
        Assert.Equal(0, count.GetProperty("result").GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Partial_results_name_the_missing_shards_if_asked_for()
    {
        var name = await CreateAsync("Dot");

        var whole = await PostAsync(name, "search", """{"vector":[1,0],"limit":1}""");
        var partial = await PostAsync(name, "search?allow_partial=true", """{"vector":[1,0],"limit":1}""");

        Assert.False(whole.TryGetProperty("missing_shards", out _));
        Assert.Empty(partial.GetProperty("missing_shards").EnumerateArray());
    }

    [Fact]
    public async Task Metrics_count_what_was_done()
    {
        var name = await CreateAsync("Dot");
        await PostAsync(name, "search", """{"vector":[1,0],"limit":1}""");

        var text = await server.Http.GetStringAsync("metrics");

        Assert.Contains($"vector_query_total{{collection=\"{name}\"}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"operation=\"create_collection\",collection=\"{name}\"", text, StringComparison.Ordinal);
        Assert.Contains("process_resident_memory_bytes ", text, StringComparison.Ordinal);
    }

    private static string NewName() => $"protocol-{Interlocked.Increment(ref _lastCollection)}";

    private async Task<string> CreateAsync(string distance)
    {
        var name = NewName();
        await SendAsync(
            "PUT", $"collections/{name}", $$$"""{"vectors":{"size":2,"distance":"{{{distance}}}"},"shard_number":2}""", HttpStatusCode.OK);
        return name;
    }

    private Task<JsonElement> UpsertAsync(string name, string body) =>
        SendAsync("PUT", $"collections/{name}/points", body, HttpStatusCode.OK);

    private Task<JsonElement> PostAsync(string name, string suffix, string body) =>
        SendAsync("POST", $"collections/{name}/points/{suffix}", body, HttpStatusCode.OK);

    private async Task<JsonElement> SendAsync(string method, string path, string? body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }
}
