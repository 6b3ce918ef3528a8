using Microsoft.Extensions.Options;

namespace OrleansPool.Client.Hosting;

/// <summary>Checks <see cref="OrleansPoolClientOptions"/>: every failure names the value and the rule.</summary>
internal sealed class OrleansPoolClientOptionsValidator : IValidateOptions<OrleansPoolClientOptions>
{
    public ValidateOptionsResult Validate(string? name, OrleansPoolClientOptions options)
    {
        List<string> failures = [];
        if (!ByteSize.TryParse(options.LocalCapacity, out long bytes) || bytes <= 0)
        {
            failures.Add($"LocalCapacity is '{options.LocalCapacity}': write an amount of memory above zero, such as 64MiB.");
        }

        if (options.CallPatience < TimeSpan.Zero) failures.Add($"CallPatience is {options.CallPatience}: it is zero (one attempt) or more.");
        foreach ((string setting, string? file) in new[]
        {
            (nameof(options.DataAuthorityFile), options.DataAuthorityFile), (nameof(options.DataCertificateFile), options.DataCertificateFile),
            (nameof(options.DataCertificateKeyFile), options.DataCertificateKeyFile),
        })
        {
            if (file is null) continue;
            if (!File.Exists(file)) failures.Add($"{setting} is '{file}': there is no such file.");
            if (!options.UsesDataTls) failures.Add($"{setting} is set and UsesDataTls is not: nothing would be secured.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
