using System.Diagnostics.Metrics;
using System.Globalization;

namespace VectorCluster.Api;

/// <summary>The instruments of the HTTP door. Label values come from fixed sets, but for collections, which
/// <see cref="CollectionLabels"/> bounds.</summary>
internal sealed class ApiMeter
{
    public const string Name = "VectorCluster.Api";

    private const string Collection = "collection";
    private const string Operation = "operation";
    private const string Code = "code";

    private readonly CollectionLabels _collections = new();
    private readonly LabelledTally _requests;
    private readonly LabelledTally _queries;
    private readonly LabelledTally _queryErrors;
    private readonly LabelledTally _operationErrors;
    private readonly Histogram<double> _querySeconds;
    private readonly Histogram<double> _operationSeconds;

    public ApiMeter(IMeterFactory factory)
    {
        var meter = factory.Create(Name);
        _requests = new(meter, "http_requests_total", "HTTP requests answered.", "method", "endpoint", "status");
        _queries = new(meter, "vector_query_total", "Search requests, failed ones included.", Collection);
        _queryErrors = new(meter, "vector_query_errors_total", "Search requests that failed.", Collection, Code);
        _querySeconds = meter.CreateHistogram<double>(
            "vector_query_duration_seconds", "s", "Time to answer a search request.");
        _operationErrors = new(
            meter, "vector_operation_errors_total", "Other requests that failed.", Operation, Collection, Code);
        _operationSeconds = meter.CreateHistogram<double>(
            "vector_operation_duration_seconds", "s", "Time to answer any other request on collections and points.");
    }

    /// <param name="errorCode">Null: it succeeded.</param>
    public void Record(ApiRoute route, string? collection, int statusCode, string? errorCode, TimeSpan elapsed)
    {
        _requests.Increment(route.Method, route.Pattern, statusCode.ToString(CultureInfo.InvariantCulture));
        if (route.Kind == ApiRouteKind.Service) return;

        var label = _collections.LabelOf(collection, isKnownToExist: errorCode is null);
        if (route.Kind == ApiRouteKind.Query)
        {
            _queries.Increment(label);
            _querySeconds.Record(elapsed.TotalSeconds, Label(Collection, label));
            if (errorCode is not null) _queryErrors.Increment(label, errorCode);
            return;
        }

        _operationSeconds.Record(elapsed.TotalSeconds, Label(Operation, route.Operation), Label(Collection, label));
        if (errorCode is not null) _operationErrors.Increment(route.Operation, label, errorCode);
    }

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
