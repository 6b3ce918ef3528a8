using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using OrleansPool.Dashboard.Hosting;
using OrleansPool.Silo.Health;

namespace OrleansPool.Silo.Hosting;

/// <summary>The silo's web port: the dashboard, health and metrics. With port 0 nothing listens.</summary>
internal static class SiloWeb
{
    public static void UseSiloWeb(this WebApplicationBuilder builder, IPAddress address, int port)
    {
        builder.Services.AddNodeHealth();
        if (port == 0) builder.Services.AddSingleton<IServer, NoServer>();
        else builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address, port));
    }

    public static void MapSiloWeb(this WebApplication app)
    {
        app.MapPoolDashboard();
        app.MapNodeHealth();
        app.MapPrometheusScrapingEndpoint(SiloTelemetry.MetricsPath);
    }
}
