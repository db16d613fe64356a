using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace VectorCluster.Api;

/// <summary>A request's body, read whole and parsed strictly: valid UTF-8, valid Unicode in every string, no name
/// twice in an object.</summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>Largest body unless configured otherwise: an upsert of 10,000 vectors of 1,024 dimensions as text takes
    /// about 50 MiB of it.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>Deepest nesting: the deepest payload allowed, within
    /// <c>operations[].upsert.points[].payload</c>.</summary>
    public const int MaxDepth = Payload.MaxDepth + 8;

    private static readonly JsonDocumentOptions Strict =
        new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private readonly BodyBuffer _buffer;
    private readonly JsonDocument _document;

    private RequestBody(BodyBuffer buffer, JsonDocument document)
    {
        _buffer = buffer;
        _document = document;
    }

    public JsonInput Root => new(_document.RootElement, JsonPath.Root);

    /// <exception cref="InvalidRequestException">Too large, not UTF-8, or not one JSON value.</exception>
    /// <exception cref="OverloadedException">The bodies of other requests take all the memory set aside.</exception>
    public static async ValueTask<RequestBody> ReadAsync(
        HttpRequest request, BodyBudget budget, CancellationToken cancellationToken)
    {
        // The endpoint's own limit, whatever the host's: a small one would refuse large upserts, none would take
        // anything.
        var limit = request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (limit is { IsReadOnly: false }) limit.MaxRequestBodySize = budget.MaxBodyBytes;
        if (request.ContentLength > budget.MaxBodyBytes) throw TooLarge(budget.MaxBodyBytes);

        var buffer = new BodyBuffer(budget);
        try
        {
            await buffer.ReadAsync(request.Body, cancellationToken);
            return new(buffer, Parse(buffer.Bytes));
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <exception cref="InvalidRequestException">Not UTF-8, or not one JSON value.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Span.Trim(" \t\r\n"u8).IsEmpty) throw Invalid("The body is empty; expected a JSON object.");
        if (!Utf8.IsValid(utf8.Span)) throw Invalid("The body is not valid UTF-8.");
        if (SurrogateEscapes.FindUnpaired(utf8.Span) is >= 0 and var at)
            throw Invalid($"The body has half a surrogate pair at byte {at}: not a Unicode character.");
        try
        {
            return JsonDocument.Parse(utf8, Strict);
        }
        catch (JsonException exception)
        {
            throw Invalid(exception.Message);
        }
    }

    public void Dispose()
    {
        _document.Dispose();
        _buffer.Dispose();
    }

    internal static InvalidRequestException TooLarge(long maxBytes) => new(
        ErrorCodes.TooLarge, $"The body is larger than {maxBytes} bytes; send it in smaller parts.");

    private static InvalidRequestException Invalid(string message) =>
        new(ErrorCodes.InvalidJson, $"Format error in JSON body: {message}") { Path = "$" };
}
