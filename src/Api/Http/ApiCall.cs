using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace VectorCluster.Api;

/// <summary>One HTTP request on its way through an endpoint: its route, query, body, and the answer.</summary>
internal sealed class ApiCall(HttpContext http, ApiRoute route, TimeProvider time) : IDisposable
{
    /// <summary>Longest timeout that a request may ask for.</summary>
    public const int MaxTimeoutSeconds = 3_600;

    private RequestBody? _body;

    public HttpContext Http => http;

    public ApiRoute Route => route;

    public TimeProvider Time => time;

    /// <summary>When the request came, as <see cref="TimeProvider.GetTimestamp"/> gives it.</summary>
    public long StartedAt { get; } = time.GetTimestamp();

    public TimeSpan Elapsed => time.GetElapsedTime(StartedAt);

    /// <summary>Who sent it; until the gate has let it in, someone who may do nothing.</summary>
    public Caller Caller { get; set; } = Caller.Unknown;

    /// <summary>As the caller may use it.</summary>
    public IVectorDatabase Database
    {
        get
        {
            var database = http.RequestServices.GetRequiredService<IVectorDatabase>();
            return Caller.MayDoAnything ? database : new GuardedDatabase(database, Caller);
        }
    }

    /// <summary>As the caller may use it.</summary>
    public ICluster Cluster
    {
        get
        {
            var cluster = http.RequestServices.GetRequiredService<ICluster>();
            return Caller.MayDoAnything ? cluster : new GuardedCluster(cluster, Caller);
        }
    }

    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>The collection's name, with escapes decoded that the router leaves: names are the database's to
    /// judge.</summary>
    public string Collection
    {
        get
        {
            var segments = PathSegments();
            var at = Array.IndexOf(segments, "collections");
            return at >= 0 && at + 1 < segments.Length ? Uri.UnescapeDataString(segments[at + 1]) : "";
        }
    }

    /// <summary>
    /// Turns a place in the request as the database knows it into one in this body: batches wrap requests, and the
    /// older endpoints name things otherwise.
    /// </summary>
    public Func<string, string> LocateInBody { get; set; } = static path => path;

    /// <summary>False only if the request says so: then the answer reads "acknowledged", though the write is done
    /// all the same.</summary>
    public bool Wait { get; private set; } = true;

    /// <summary>True once a part of the answer may have left.</summary>
    public bool HasBegunAnswer { get; private set; }

    public bool AllowPartial { get; private set; }

    public bool Explain { get; private set; }

    /// <summary>Our clients ask for distances beside scores, which for some metrics lose digits.</summary>
    public bool WithDistance { get; private set; }

    /// <summary>The query parameter <c>timeout</c>, in seconds.</summary>
    public TimeSpan? Timeout { get; private set; }

    /// <summary>Reads the query parameters, before anything is done: a wrong one must not be found after a
    /// write.</summary>
    /// <exception cref="InvalidRequestException">A parameter is not of its type.</exception>
    public void ReadQuery()
    {
        Wait = QueryFlag("wait", whenAbsent: true);
        AllowPartial = QueryFlag("allow_partial", whenAbsent: false);
        Explain = QueryFlag("explain", whenAbsent: false);
        WithDistance = QueryFlag("with_distance", whenAbsent: false);
        Timeout = ReadTimeout();
    }

    /// <returns>The query parameter's text; null if it is absent.</returns>
    public string? QueryText(string name) => http.Request.Query.TryGetValue(name, out var values) ? values[^1] : null;

    /// <returns>The query parameter as a whole number; null if it is absent.</returns>
    public int? QueryNumber(string name, int min, int max)
    {
        if (QueryText(name) is not { } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max
            ? number
            : throw new InvalidRequestException(
                ErrorCodes.OutOfRange, $"The query parameter `{name}` must be a whole number from {min} to {max}.");
    }

    /// <summary>The last segment of the path, decoded: names and ids may hold slashes.</summary>
    public string LastSegment() => Uri.UnescapeDataString(PathSegments()[^1]);

    public async ValueTask<JsonInput> ReadBodyAsync()
    {
        var budget = http.RequestServices.GetRequiredService<BodyBudget>();
        _body = await RequestBody.ReadAsync(http.Request, budget, Aborted);
        _body.Root.RequireObject();
        return _body.Root;
    }

    /// <summary>Answers 200 with a result that is written in one go.</summary>
    public Task AnswerAsync(Action<Utf8JsonWriter> writeResult) => AnswerAsync(answer =>
    {
        writeResult(answer.Json);
        return ValueTask.CompletedTask;
    });

    /// <summary>Answers 200 with a result that may be long, sending it in pieces.</summary>
    /// <param name="writeExtra">Members of ours beside <c>result</c>.</param>
    public async Task AnswerAsync(Func<Answer, ValueTask> writeResult, Action<Utf8JsonWriter>? writeExtra = null)
    {
        await using var answer = Answer.Begin(http.Response, StatusCodes.Status200OK);
        HasBegunAnswer = true;
        answer.Json.WritePropertyName("result");
        await writeResult(answer);
        writeExtra?.Invoke(answer.Json);
        answer.Json.WriteString("status", "ok");
        await answer.CompleteAsync(Elapsed, Aborted);
    }

    public void Dispose() => _body?.Dispose();

    /// <summary>As they came: the router leaves <c>%2F</c> as it is, so a decoded path can't be told from one with
    /// that text.</summary>
    private string[] PathSegments()
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var end = target.IndexOf('?', StringComparison.Ordinal);
        return (end < 0 ? target : target[..end]).TrimEnd('/').Split('/');
    }

    private TimeSpan? ReadTimeout()
    {
        if (QueryText("timeout") is not { } text) return null;
        var parsed = double.TryParse(
            text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds);
        return parsed && seconds is > 0 and <= MaxTimeoutSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new InvalidRequestException(
                ErrorCodes.OutOfRange,
                $"The query parameter `timeout` must be a number of seconds up to {MaxTimeoutSeconds}.");
    }

    private bool QueryFlag(string name, bool whenAbsent) => QueryText(name) switch
    {
        null => whenAbsent,
        "true" or "" => true,
        "false" => false,
        _ => throw new InvalidRequestException(
            ErrorCodes.WrongType, $"The query parameter `{name}` must be true or false."),
    };
}
