using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Dashboard;
using OrleansPool.Dashboard.Pages;
using OrleansPool.Dashboard.Watching;

namespace OrleansPool.Dashboard.Hosting;

/// <summary>Adds what the pages need.</summary>
public static class PoolDashboardBuilderExtensions
{
    /// <summary>
    /// Adds the pages to a silo. Every silo of a cluster needs this, also one that serves no page: it is what the Orleans dashboard
    /// gets its figures from.
    /// </summary>
    public static ISiloBuilder AddPoolDashboard(this ISiloBuilder silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        AddPages(silo.Services);
        return silo.AddDashboard();
    }

    /// <summary>Adds the pages to an Orleans client that has <c>AddOrleansPoolClient()</c>.</summary>
    public static IClientBuilder AddPoolDashboard(this IClientBuilder client)
    {
        ArgumentNullException.ThrowIfNull(client);
        AddPages(client.Services);
        return client.AddDashboard();
    }

    private static void AddPages(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FabricWatch>();
        services.TryAddSingleton<PageFeed>();
    }
}
