using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace NewsPlatform.ServiceDefaults;

public static class Problems
{
    /// <summary>Characters of an address that are said back.</summary>
    const int MaxInstance = 500;

    public static string Type(string code) => $"urn:newsplatform:problem:{code}";

    public static void AddProblems(this IServiceCollection services)
    {
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddProblemDetails(options =>
            options.CustomizeProblemDetails = context =>
            {
                var problem = Complete(context.ProblemDetails);
                problem.Instance ??= context.HttpContext.Request.Path.ToString() is { Length: > MaxInstance } path
                    ? path[..MaxInstance]
                    : context.HttpContext.Request.Path;
            }
        );
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options => Strict(options.SerializerOptions));
    }

    /// <summary>With what its status alone says, where nobody has said more.</summary>
    internal static ProblemDetails Complete(ProblemDetails problem)
    {
        var status = problem.Status ?? 500;
        if (problem.Type is null || !problem.Type.StartsWith("urn:", StringComparison.Ordinal))
        {
            problem.Type = Type(ProblemStatus.CodeOf(status));
        }
        problem.Detail ??= ProblemStatus.DetailOf(status);
        if (status == StatusCodes.Status400BadRequest)
        {
            problem.Extensions.TryAdd("errors", new Dictionary<string, string[]> { ["request"] = [problem.Detail!] });
        }
        return problem;
    }

    /// <summary>A member that is unknown or given twice is refused, so that a misspelt one is not silently lost.</summary>
    public static void Strict(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.AllowOutOfOrderMetadataProperties = true;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new UtcTimes());
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
    }

    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use(ProblemMiddleware.InvokeAsync);
    }

    /// <summary>Says of JSON that could not be read which member it was and what is wrong with it.</summary>
    public static ProblemException BadRequest(JsonException fault)
    {
        var path = fault.Path is null or "$" ? "body" : fault.Path.Replace("$.", "", StringComparison.Ordinal);
        if (fault.Message.Contains("could not be mapped", StringComparison.Ordinal) && fault.Message.Split('\'') is [_, var member, ..])
        {
            return ProblemException.BadRequest(member, "is not a member that this request has");
        }
        if (fault.Message.Contains("Duplicate propert", StringComparison.Ordinal))
        {
            return ProblemException.BadRequest(path, "stands twice");
        }
        return ProblemException.BadRequest(
            path,
            fault.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)
                ? "is of the wrong type, or a time without its offset from UTC"
                : $"is not valid JSON at line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}"
        );
    }
}
