using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VectorCluster.Client.Http;

/// <summary>Sends one request and reads its answer, turning every failure into an exception of the contracts.</summary>
internal sealed class HttpExchange(HttpClient http)
{
    /// <summary>As deep as a payload may be, and what the answer wraps around it.</summary>
    private const int MaxDepth = Payload.MaxDepth + 16;

    private static readonly JsonDocumentOptions ReadOptions =
        new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private static readonly JsonWriterOptions WriteOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sends a read. A connection that fails means that nobody answered: safe to send again.</summary>
    /// <returns>The whole envelope; the caller disposes it.</returns>
    public Task<JsonDocument> ReadAsync(
        HttpMethod method, string path, Action<Utf8JsonWriter>? writeBody, CancellationToken cancellationToken) =>
        SendAsync(method, path, writeBody, target: null, cancellationToken);

    /// <summary>Sends a write. A connection that fails half-way leaves its outcome unknown.</summary>
    /// <param name="target">What is written to, for the outcome that a failure reports.</param>
    public Task<JsonDocument> WriteAsync(
        HttpMethod method,
        string path,
        Action<Utf8JsonWriter>? writeBody,
        WriteTarget target,
        CancellationToken cancellationToken) =>
        SendAsync(method, path, writeBody, target, cancellationToken);

    private async Task<JsonDocument> SendAsync(
        HttpMethod method,
        string path,
        Action<Utf8JsonWriter>? writeBody,
        WriteTarget? target,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (writeBody is not null) request.Content = BodyOf(writeBody);
        try
        {
            using var response = await http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw await ErrorReader.ReadAsync(response, target, cancellationToken).ConfigureAwait(false);
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return await JsonDocument.ParseAsync(body, ReadOptions, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw ConnectionFailure.Timeout(exception, target);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
        {
            throw ConnectionFailure.Of(exception, target);
        }
    }

    private static ReadOnlyMemoryContent BodyOf(Action<Utf8JsonWriter> writeBody)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, WriteOptions))
        {
            json.WriteStartObject();
            writeBody(json);
            json.WriteEndObject();
        }

        return new(buffer.WrittenMemory) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }
}
