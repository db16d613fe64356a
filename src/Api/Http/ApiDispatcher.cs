using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace VectorCluster.Api;

/// <summary>Runs an endpoint for those who may use it: measures it, and turns whatever it throws into an answer with a
/// reason.</summary>
internal sealed partial class ApiDispatcher(
    AccessGate gate, TimeProvider time, ApiMeter meter, ILogger<ApiDispatcher> logger)
{
    public async Task RunAsync(HttpContext http, ApiRoute route)
    {
        using var call = new ApiCall(http, route, time);
        var errorCode = default(string);
        var activity = Name(Activity.Current, route);
        try
        {
            call.Caller = await gate.AdmitAsync(http.Request, route.Access, call.Collection);
            call.ReadQuery();
            await route.Handler(call);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest; // nobody reads it; the metrics do
            errorCode = "client_closed";
        }
        catch (Exception exception)
        {
            errorCode = await AnswerErrorAsync(call, exception);
        }
        finally
        {
            meter.Record(
                route, http.GetRouteValue("collection") as string, http.Response.StatusCode, errorCode, call.Elapsed);
            activity?.SetTag("http.response.status_code", http.Response.StatusCode);
        }
    }

    /// <summary>Health and metrics, asked for every few seconds, are no traces.</summary>
    /// <returns>Null: nobody records it. The host makes such activities too, for the ids in its logs.</returns>
    private static Activity? Name(Activity? activity, ApiRoute route)
    {
        if (activity is not { IsAllDataRequested: true } || !activity.Source.HasListeners()) return null;
        activity.DisplayName = $"{route.Method} {route.Pattern}";
        activity.SetTag("http.request.method", route.Method);
        activity.SetTag("http.route", route.Pattern);
        activity.SetTag("vectorcluster.operation", route.Operation);
        if (route.Kind != ApiRouteKind.Service) return activity;
        activity.IsAllDataRequested = false;
        activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        return null;
    }

    private async Task<string> AnswerErrorAsync(ApiCall call, Exception exception)
    {
        var error = ErrorAnswer.From(exception, call.LocateInBody);
        if (error.StatusCode >= StatusCodes.Status500InternalServerError)
            LogFailed(logger, exception, call.Route.Method, call.Route.Pattern, error.Code);
        if (call.HasBegunAnswer || call.Http.Response.HasStarted)
        {
            // Half an answer is out, or on its way. Cutting the connection is the only way left to say that it is not
            // whole.
            call.Http.Abort();
            return error.Code;
        }

        await error.WriteAsync(call.Http.Response, call.Elapsed, call.Aborted);
        return error.Code;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Pattern} failed with {Code}")]
    private static partial void LogFailed(
        ILogger logger, Exception exception, string method, string pattern, string code);
}
