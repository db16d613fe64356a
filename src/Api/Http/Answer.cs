using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace VectorCluster.Api;

/// <summary>An answer being written straight into the response's pipe.</summary>
internal sealed class Answer : IAsyncDisposable
{
    /// <summary>Bytes gathered before they are sent: big enough to be cheap, small enough that a page of payloads
    /// needs no copy of itself.</summary>
    private const int FlushBytes = 128 * 1024;

    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // never embedded in HTML: the content type says JSON
        SkipValidation = true,
    };

    private readonly HttpResponse _response;
    private long _sent;

    private Answer(HttpResponse response)
    {
        _response = response;
        Json = new Utf8JsonWriter(response.BodyWriter, Options);
    }

    public Utf8JsonWriter Json { get; }

    /// <summary>Starts an object; <see cref="CompleteAsync"/> ends it.</summary>
    public static Answer Begin(HttpResponse response, int statusCode)
    {
        response.StatusCode = statusCode;
        response.ContentType = "application/json";
        var answer = new Answer(response);
        answer.Json.WriteStartObject();
        return answer;
    }

    /// <summary>Sends what has gathered if it is much; called between the items of a long list.</summary>
    public async ValueTask FlushIfLargeAsync(CancellationToken cancellationToken)
    {
        if (Json.BytesCommitted + Json.BytesPending - _sent < FlushBytes) return;
        Json.Flush();
        await _response.BodyWriter.FlushAsync(cancellationToken);
        _sent = Json.BytesCommitted;
    }

    public async ValueTask CompleteAsync(TimeSpan elapsed, CancellationToken cancellationToken)
    {
        Json.WriteNumber("time", elapsed.TotalSeconds);
        Json.WriteEndObject();
        Json.Flush();
        await _response.BodyWriter.FlushAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        // Reset first: disposing would send what an exception has left half written.
        Json.Reset();
        return Json.DisposeAsync();
    }
}
