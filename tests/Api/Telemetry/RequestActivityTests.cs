using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace VectorCluster.Api.Tests.Telemetry;

/// <summary>Which requests have an activity: those that are recorded, and those whose caller began a trace.</summary>
public sealed class RequestActivityTests : IDisposable
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    private static readonly ApiRoute Query = Route(ApiRouteKind.Query);

    private readonly DefaultHttpContext _http = new();
    private ActivityListener? _listener;

    public RequestActivityTests()
    {
        Activity.Current = null;
        _http.Request.Scheme = "https";
        _http.Request.Host = new("vectors.example", 6333);
        _http.Request.Path = "/q/words";
    }

    public void Dispose() => _listener?.Dispose();

    [Fact]
    public void One_that_is_recorded_is_described()
    {
        Listen(ActivitySamplingResult.AllDataAndRecorded);

        var activity = RequestActivity.Start(_http.Request, Query);
        Assert.Same(Activity.Current, activity);
        RequestActivity.End(activity, 500, "internal_error");

        Assert.NotNull(activity);
        Assert.True(activity.IsStopped);
        Assert.Equal(
            ("POST /q/{name}", ActivityKind.Server, ActivityStatusCode.Error, "VectorCluster.Api"),
            (activity.DisplayName, activity.Kind, activity.Status, activity.Source.Name));
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["http.request.method"] = "POST",
                ["http.route"] = "/q/{name}",
                ["url.scheme"] = "https",
                ["url.path"] = "/q/words",
                ["server.address"] = "vectors.example",
                ["vectorcluster.operation"] = "query_points",
                ["http.response.status_code"] = 500,
                ["error.type"] = "internal_error",
            },
            activity.TagObjects.ToDictionary());
    }

    // OpenTelemetry's own answer for the beginning of a trace that is not sampled is PropagationData: an activity that
    // is not recorded, for what may be called in its course.
    [Theory]
    [InlineData(ActivitySamplingResult.None)]
    [InlineData(ActivitySamplingResult.PropagationData)]
    public void One_that_is_not_recorded_has_none(ActivitySamplingResult decision)
    {
        Listen(decision);

        Assert.Null(RequestActivity.Start(_http.Request, Query));
        Assert.Null(Activity.Current);
    }

    [Theory]
    [InlineData(ActivitySamplingResult.PropagationData, "00", false)]
    [InlineData(ActivitySamplingResult.AllDataAndRecorded, "01", true)]
    public void One_of_a_callers_trace_continues_it(ActivitySamplingResult decision, string flags, bool isRecorded)
    {
        Listen(decision);
        Call(flags);

        var activity = RequestActivity.Start(_http.Request, Query);

        Assert.NotNull(activity);
        Assert.Equal((TraceId, isRecorded), (activity.TraceId.ToHexString(), activity.Recorded));
        Assert.Equal("b7ad6b7169203331", activity.ParentSpanId.ToHexString());
        Assert.Equal(isRecorded, activity.TagObjects.Any());
    }

    [Fact]
    public void Where_nobody_listens_a_callers_trace_is_there_for_the_logs()
    {
        Call("01");

        var activity = RequestActivity.Start(_http.Request, Query);

        Assert.Equal(TraceId, activity?.TraceId.ToHexString());
        Assert.False(activity?.IsAllDataRequested);
        Assert.Same(Activity.Current, activity);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    public void Where_nobody_listens_and_no_trace_was_begun_there_is_none(string? parent)
    {
        _http.Request.Headers.TraceParent = parent;

        Assert.Null(RequestActivity.Start(_http.Request, Query));
    }

    [Fact]
    public void Health_and_metrics_are_no_traces()
    {
        Listen(ActivitySamplingResult.AllDataAndRecorded);
        Call("01");

        Assert.Null(RequestActivity.Start(_http.Request, Route(ApiRouteKind.Service)));
    }

    private static ApiRoute Route(ApiRouteKind kind) => new(
        "POST", "/q/{name}", kind, "query_points", RouteAccess.Read, _ => Task.CompletedTask);

    private void Call(string flags) => _http.Request.Headers.TraceParent = $"00-{TraceId}-b7ad6b7169203331-{flags}";

    private void Listen(ActivitySamplingResult decision)
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == ApiMeter.Name,
            Sample = (ref _) => decision,
        };
        ActivitySource.AddActivityListener(_listener);
    }
}
