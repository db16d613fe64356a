using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Serializers;

namespace VectorCluster.Client.Wire;

/// <summary>Registers <see cref="WireCodec"/> with Orleans' serializer.</summary>
public static class WireSerialization
{
    /// <summary>Adds formats; those of several calls are used together.</summary>
    public static IServiceCollection AddWireFormats(this IServiceCollection services, IEnumerable<WireFormat> formats)
    {
        foreach (var format in formats) services.AddSingleton(format);
        if (services.Any(service => service.ServiceType == typeof(WireFormats))) return services;
        services.TryAddSingleton<WireFormats>();
        services.AddSingleton<WireCodec>();
        services.AddSingleton<ISpecializableCodec>(provider => provider.GetRequiredService<WireCodec>());
        services.AddSingleton<ISpecializableCopier>(provider => provider.GetRequiredService<WireCodec>());
        services.AddSingleton<ITypeFilter>(provider => provider.GetRequiredService<WireCodec>());
        return services;
    }
}
