namespace VectorCluster.Api;

/// <summary>Codes of errors that only this door knows; as stable as <see cref="ErrorCodes"/>.</summary>
internal static class HttpErrorCodes
{
    public const string UnknownRoute = "unknown_route";
    public const string MethodNotAllowed = "method_not_allowed";
}
