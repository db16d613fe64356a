using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace VectorCluster.Api;

/// <summary>The activity of an HTTP request, with the names of OpenTelemetry's conventions for HTTP servers.</summary>
/// <remarks>
/// ASP.NET Core would begin one for each request, recorded or not, and each continuation of the request would then
/// carry and restore a context. Here a request has an activity if it is recorded, or if its caller has begun a trace,
/// whose id belongs in the logs.
/// </remarks>
internal static class RequestActivity
{
    private static readonly ActivitySource Activities = new(ApiMeter.Name);

    /// <returns>Null: nobody would see it. Health and metrics, asked for every few seconds, never have one.</returns>
    public static Activity? Start(HttpRequest request, ApiRoute route)
    {
        if (route.Kind == ApiRouteKind.Service) return null;
        if (request.Headers.TraceParent is [{ } parent]
            && ActivityContext.TryParse(parent, request.Headers.TraceState, isRemote: true, out var caller))
            return Describe(Create(route, caller) ?? Unrecorded(route, caller), request, route).Start();
        return Create(route, caller: default) is { IsAllDataRequested: true } activity
            ? Describe(activity, request, route).Start()
            : null;
    }

    /// <param name="errorCode">Null: it succeeded.</param>
    public static void End(Activity? activity, int statusCode, string? errorCode)
    {
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("http.response.status_code", statusCode);
            if (errorCode is not null) activity.SetTag("error.type", errorCode);
            if (statusCode >= StatusCodes.Status500InternalServerError) activity.SetStatus(ActivityStatusCode.Error);
        }

        activity?.Dispose();
    }

    private static Activity? Create(ApiRoute route, ActivityContext caller) =>
        Activities.CreateActivity(route.Name, ActivityKind.Server, caller);

    /// <summary>For the logs, where nobody listens to traces.</summary>
    private static Activity Unrecorded(ApiRoute route, ActivityContext caller) =>
        new Activity(route.Name) { IsAllDataRequested = false }
            .SetParentId(caller.TraceId, caller.SpanId, caller.TraceFlags);

    private static Activity Describe(Activity activity, HttpRequest request, ApiRoute route)
    {
        if (!activity.IsAllDataRequested) return activity;
        activity.SetTag("http.request.method", route.Method);
        activity.SetTag("http.route", route.Pattern);
        activity.SetTag("url.scheme", request.Scheme);
        activity.SetTag("url.path", request.Path.Value);
        activity.SetTag("server.address", request.Host.Host);
        activity.SetTag("vectorcluster.operation", route.Operation);
        return activity;
    }
}
