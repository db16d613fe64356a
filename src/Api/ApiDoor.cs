using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;

namespace VectorCluster.Api;

/// <summary>Where a host listens: the checks that all hosts make, and TLS.</summary>
public static class ApiDoor
{
    /// <summary>The section of Kestrel's own settings.</summary>
    public const string KestrelSection = "Kestrel";

    private const string Certificate = "Certificates:Default";

    /// <param name="kestrel">The section <see cref="KestrelSection"/>.</param>
    /// <exception cref="ApiOptionsException">The address may be reached by others, and nothing keeps them out; or
    /// Kestrel is told to listen elsewhere.</exception>
    public static void Check(AccessOptions access, IConfiguration kestrel, string address, bool isLoopback)
    {
        access.CheckAddress(address, isLoopback);
        if (kestrel.GetSection("Endpoints").GetChildren().Any())
            throw new ApiOptionsException(
                "Kestrel:Endpoints is not used: the server listens on one address. Give it a certificate as "
                + $"Kestrel:{Certificate}.");
    }

    /// <summary>What an address is set up with: TLS where Kestrel's settings name a default certificate, else plain
    /// text.</summary>
    /// <param name="kestrel">The section <see cref="KestrelSection"/>; the server has been given it too.</param>
    public static Action<ListenOptions> SetUpOf(IConfiguration kestrel)
    {
        var hasCertificate = kestrel.GetSection(Certificate).GetChildren().Any();
        return options =>
        {
            if (hasCertificate) options.UseHttps();
        };
    }
}
