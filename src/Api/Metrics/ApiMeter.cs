using System.Diagnostics.Metrics;
using System.Globalization;

namespace VectorCluster.Api;

/// <summary>The instruments of the HTTP door. Label values come from fixed sets, but for collections, which
/// <see cref="CollectionLabels"/> bounds.</summary>
internal sealed class ApiMeter
{
    public const string Name = "VectorCluster.Api";

    private readonly CollectionLabels _collections = new();
    private readonly Counter<long> _requests;
    private readonly Counter<long> _queries;
    private readonly Counter<long> _queryErrors;
    private readonly Counter<long> _operationErrors;
    private readonly Histogram<double> _querySeconds;
    private readonly Histogram<double> _operationSeconds;

    public ApiMeter(IMeterFactory factory)
    {
        var meter = factory.Create(Name);
        _requests = meter.CreateCounter<long>("http_requests_total", null, "HTTP requests answered.");
        _queries = meter.CreateCounter<long>("vector_query_total", null, "Search requests, failed ones included.");
        _queryErrors = meter.CreateCounter<long>("vector_query_errors_total", null, "Search requests that failed.");
        _querySeconds = meter.CreateHistogram<double>(
            "vector_query_duration_seconds", "s", "Time to answer a search request.");
        _operationErrors = meter.CreateCounter<long>(
            "vector_operation_errors_total", null, "Other requests that failed.");
        _operationSeconds = meter.CreateHistogram<double>(
            "vector_operation_duration_seconds", "s", "Time to answer any other request on collections and points.");
    }

    /// <param name="errorCode">Null: it succeeded.</param>
    public void Record(ApiRoute route, string? collection, int statusCode, string? errorCode, TimeSpan elapsed)
    {
        _requests.Add(
            1,
            Label("method", route.Method),
            Label("endpoint", route.Pattern),
            Label("status", statusCode.ToString(CultureInfo.InvariantCulture)));
        if (route.Kind == ApiRouteKind.Service) return;

        var label = Label("collection", _collections.LabelOf(collection, isKnownToExist: errorCode is null));
        if (route.Kind == ApiRouteKind.Query)
        {
            _queries.Add(1, label);
            _querySeconds.Record(elapsed.TotalSeconds, label);
            if (errorCode is not null) _queryErrors.Add(1, label, Label("code", errorCode));
            return;
        }

        var operation = Label("operation", route.Operation);
        _operationSeconds.Record(elapsed.TotalSeconds, operation, label);
        if (errorCode is not null) _operationErrors.Add(1, operation, label, Label("code", errorCode));
    }

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
