using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace VectorCluster.Api;

/// <summary>Answers what no endpoint serves: 405 where the path exists under another method, else 404, both with a
/// reason.</summary>
internal sealed class UnknownRoutes
{
    private readonly List<(string Method, TemplateMatcher Matcher)> _known;

    public UnknownRoutes(IEnumerable<ApiRoute> routes) =>
        _known = [.. routes.Select(route => (route.Method, MatcherOf(route.Pattern)))];

    public ApiRoute Route(string method) => new(
        method, "unmatched", ApiRouteKind.Service, "unmatched", RouteAccess.AnyKey, AnswerAsync);

    private async Task AnswerAsync(ApiCall call)
    {
        var request = call.Http.Request;
        var methods = MethodsOf(request.Path);
        ErrorAnswer error;
        if (methods.Count == 0)
        {
            error = new(
                StatusCodes.Status404NotFound,
                HttpErrorCodes.UnknownRoute,
                $"Not found: there is no endpoint {request.Method} {request.Path}.");
        }
        else
        {
            var allowed = string.Join(", ", methods);
            call.Http.Response.Headers.Allow = allowed;
            error = new(
                StatusCodes.Status405MethodNotAllowed,
                HttpErrorCodes.MethodNotAllowed,
                $"Wrong input: {request.Path} takes {allowed}, not {request.Method}.");
        }

        await error.WriteAsync(call.Http.Response, call.Elapsed, call.Aborted);
    }

    private SortedSet<string> MethodsOf(PathString path)
    {
        var methods = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (method, matcher) in _known)
            if (matcher.TryMatch(path, [])) methods.Add(method);
        return methods;
    }

    private static TemplateMatcher MatcherOf(string pattern) => new(TemplateParser.Parse(pattern), []);
}
