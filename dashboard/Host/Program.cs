using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansPool;
using OrleansPool.Client.Hosting;
using OrleansPool.Dashboard.Host;
using OrleansPool.Dashboard.Hosting;
using StackExchange.Redis;

const int ExitFailed = 1;
const string GatewayDefault = "127.0.0.1:30000";
TimeSpan retryInterval = TimeSpan.FromSeconds(1);

WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
builder.Logging.SetMinimumLevel(LogLevel.Warning);

// The pages say it when the cluster does not answer, and go on asking.
builder.Logging.AddFilter("Orleans", LogLevel.Error);
builder.Logging.AddFilter("Microsoft.Hosting", LogLevel.Critical);
builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
try
{
    DashboardSettings settings = builder.Configuration.GetSection(DashboardSettings.Section).Get<DashboardSettings>() ?? new DashboardSettings();
    if (!IPAddress.TryParse(settings.DashboardAddress, out IPAddress? address))
    {
        throw new FormatException($"DashboardAddress is '{settings.DashboardAddress}': write an IP address, such as 127.0.0.1.");
    }

    if (settings.DashboardPort is < 1 or > IPEndPoint.MaxPort)
    {
        throw new FormatException($"DashboardPort is {settings.DashboardPort}: a port is from 1 to {IPEndPoint.MaxPort}.");
    }

    builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address, settings.DashboardPort));

    // The pages are there at once; the cluster may come later.
    builder.Services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
    string where = settings.Redis is { } redis ? $"Redis at {redis}" : string.Join(", ", Gateways(settings));
    builder.UseOrleansClient(client =>
    {
        client.Configure<ClusterOptions>(cluster =>
        {
            cluster.ClusterId = settings.ClusterId;
            cluster.ServiceId = settings.ServiceId;
        });
        if (settings.Redis is { } connection)
        {
            client.UseRedisClustering(options => options.ConfigurationOptions = ConfigurationOptions.Parse(connection));
        }
        else
        {
            client.UseStaticClustering([.. Gateways(settings).Select(ParseGateway)]);
        }

        client.UseConnectionRetryFilter(async (_, cancellationToken) =>
        {
            await Task.Delay(retryInterval, cancellationToken);
            return true;
        });
        client.AddOrleansPoolClient(options =>
        {
            options.DataKey = settings.DataKey;
            options.UsesDataTls = settings.UsesDataTls || (settings.DataAuthorityFile ?? settings.DataCertificateFile) is not null;
            options.DataAuthorityFile = settings.DataAuthorityFile;
            options.DataCertificateFile = settings.DataCertificateFile;
            options.DataCertificateKeyFile = settings.DataCertificateKeyFile;
        });
        client.AddPoolDashboard();
    });

    await using WebApplication app = builder.Build();
    app.MapPoolDashboard();
    app.MapGet("/health/live", () => Results.Text("Healthy"));
    Console.WriteLine($"OrleansPool dashboard at http://{address}:{settings.DashboardPort}/pool, cluster {settings.ClusterId} by way of {where}");
    await app.StartAsync();
    Console.WriteLine("dashboard ready");
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (Cause(e) is { } cause)
{
    await Console.Error.WriteLineAsync($"The dashboard did not start: {cause}");
    return ExitFailed;
}

static IList<string> Gateways(DashboardSettings settings) => settings.Gateways.Count > 0 ? settings.Gateways : [GatewayDefault];

static IPEndPoint ParseGateway(string text) =>
    IPEndPoint.TryParse(text, out IPEndPoint? gateway) && gateway.Port > 0
        ? gateway
        : throw new FormatException($"'{text}' is not a gateway: write an IP address and a port, such as {GatewayDefault}.");

// What a person can mend is said in one line; anything else keeps its stack trace.
static string? Cause(Exception e) => e switch
{
    OptionsValidationException options => string.Join(" ", options.Failures),
    RedisConnectionException => "Redis does not answer. Start it, or name another with --OrleansPool:Redis HOST:PORT.",
    IOException { InnerException: { } inner } when inner is SocketException || inner.InnerException is SocketException =>
        $"{e.Message} Choose another with --OrleansPool:DashboardPort.",
    PoolException or OrleansConfigurationException or SocketException or FormatException => e.Message,
    InvalidOperationException or ArgumentException when e.Source?.StartsWith("Microsoft.Extensions.Configuration", StringComparison.Ordinal) == true => e.Message,
    AggregateException { InnerExceptions: [var first, ..] } => Cause(first),
    { InnerException: { } inner } => Cause(inner),
    _ => null,
};
