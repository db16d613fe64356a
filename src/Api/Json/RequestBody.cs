using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace VectorCluster.Api;

/// <summary>A request's body, read whole and parsed strictly: valid UTF-8, valid Unicode in every string, no name
/// twice in an object.</summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>Largest body: an upsert of 10,000 vectors of 1,024 dimensions as text takes about 50 MiB of
    /// it.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>Deepest nesting: the deepest payload allowed, within
    /// <c>operations[].upsert.points[].payload</c>.</summary>
    public const int MaxDepth = Payload.MaxDepth + 8;

    /// <summary>First buffer of a body. More is taken as bytes arrive, not as a header promises them.</summary>
    private const int FirstBufferBytes = 64 * 1024;

    private static readonly JsonDocumentOptions Strict =
        new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private readonly byte[] _buffer;
    private readonly JsonDocument _document;

    private RequestBody(byte[] buffer, JsonDocument document)
    {
        _buffer = buffer;
        _document = document;
    }

    public JsonInput Root => new(_document.RootElement, JsonPath.Root);

    /// <exception cref="InvalidRequestException">Too large, not UTF-8, or not one JSON value.</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // The endpoint's own limit, whatever the host's: a small one would refuse large upserts, none would take
        // anything.
        var limit = request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (limit is { IsReadOnly: false }) limit.MaxRequestBodySize = MaxBytes;
        if (request.ContentLength > MaxBytes) throw TooLarge();

        var (buffer, length) = await ReadAllAsync(request.Body, cancellationToken);
        try
        {
            return new(buffer, Parse(buffer.AsMemory(0, length)));
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
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
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    private static async ValueTask<(byte[] Buffer, int Length)> ReadAllAsync(
        Stream body, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        var length = 0;
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0) return (buffer, length);
                length += read;
                if (length > MaxBytes) throw TooLarge();
                if (length == buffer.Length) buffer = Grow(buffer);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static InvalidRequestException TooLarge() => new(
        ErrorCodes.TooLarge, $"The body is larger than {MaxBytes / (1024 * 1024)} MiB; send it in smaller parts.");

    private static InvalidRequestException Invalid(string message) =>
        new(ErrorCodes.InvalidJson, $"Format error in JSON body: {message}") { Path = "$" };
}
