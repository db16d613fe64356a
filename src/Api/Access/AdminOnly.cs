using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace VectorCluster.Api;

/// <summary>Keeps pages of others, such as a dashboard, for callers with the role admin.</summary>
/// <remarks>Browsers can't be told to send a header, but ask for a password: here that is the key. The API itself does
/// not take it so, since browsers send a password along with requests that other sites made up.</remarks>
public static class AdminOnly
{
    private const string Basic = "Basic ";

    /// <summary>Asks for an admin key, limited to nothing, at every endpoint of these.</summary>
    public static TBuilder RequireVectorClusterAdmin<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is not { } page) return;
            endpoint.RequestDelegate = http => RunAsync(http, page);
        });
        return endpoints;
    }

    private static async Task RunAsync(HttpContext http, RequestDelegate page)
    {
        var gate = http.RequestServices.GetRequiredService<AccessGate>();
        try
        {
            await gate.AdmitAsync(http.Request, RouteAccess.AdminServer, collection: "", PasswordOf(http.Request));
        }
        catch (VectorDatabaseException refusal)
        {
            var answer = ErrorAnswer.From(refusal, static path => path);
            if (answer.StatusCode == StatusCodes.Status401Unauthorized)
                answer = answer with { Challenge = "Basic realm=\"vectorcluster\", charset=\"UTF-8\"" };
            await answer.WriteAsync(http.Response, TimeSpan.Zero, http.RequestAborted);
            return;
        }

        await page(http);
    }

    private static string? PasswordOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)) return null;
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Basic.Length..].Trim(), bytes, out var count)) return null;
        var text = Encoding.UTF8.GetString(bytes, 0, count);
        return text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }
}
