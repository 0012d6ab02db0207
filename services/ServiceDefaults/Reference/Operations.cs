using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Completes an operation of the OpenAPI document by its endpoint's metadata.</summary>
static class Operations
{
    public const string Bearer = "bearer";

    public static async Task CompleteAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var document = context.Document!;
        operation.OperationId ??= Name(metadata, context.Description.HttpMethod!);
        operation.Summary ??= $"{context.Description.HttpMethod} /{context.Description.RelativePath}";
        operation.Responses ??= [];
        operation.Parameters ??= [];
        Query(operation, metadata);
        Body(operation, metadata, document);
        Path(operation, document);
        Version(operation, metadata, document);
        Conditional(operation, metadata);
        await SecurityAsync(operation, metadata, document, context.ApplicationServices.GetRequiredService<IAuthorizationPolicyProvider>);
        Answers.Add(operation, document, 400, 503);
        Answers.Replace(operation, document);
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>())
        {
            ParameterExamples.Explain(parameter);
        }
    }

    /// <summary>The class is named for what is done, and a method that is not just its handler for the rest.</summary>
    static string Name(IList<object> metadata, string method)
    {
        var handler = metadata.OfType<MethodInfo>().LastOrDefault();
        var type = handler?.DeclaringType;
        while (type is { IsNested: true })
        {
            type = type.DeclaringType;
        }
        var words = type is null ? method : type.Name;
        var rest =
            handler is null || handler.Name.Contains('<', StringComparison.Ordinal)
                ? ""
                : handler.Name.Replace("Handle", "", StringComparison.Ordinal);
        return char.ToLowerInvariant(words[0]) + words[1..] + rest;
    }

    /// <summary>A handler that names no parameter of the query but gets the request reads what the endpoint takes by itself.</summary>
    static void Query(OpenApiOperation operation, IList<object> metadata)
    {
        var handler = metadata.OfType<MethodInfo>().LastOrDefault();
        if (
            metadata.OfType<KnownQuery>().LastOrDefault() is { } known
            && handler?.GetParameters().Any(p => p.ParameterType == typeof(HttpContext)) is true
            && operation.Parameters!.All(p => p.In != ParameterLocation.Query)
        )
        {
            foreach (var name in known.Names)
            {
                operation.Parameters!.Add(
                    new OpenApiParameter
                    {
                        Name = name,
                        In = ParameterLocation.Query,
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    }
                );
            }
        }
    }

    static void Body(OpenApiOperation operation, IList<object> metadata, OpenApiDocument document)
    {
        if (metadata.OfType<TakesMediaTypes>().LastOrDefault() is { } types)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = types.Names.ToDictionary(
                    type => type,
                    _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } }
                ),
            };
            Answers.Add(operation, document, 413, 415);
        }
        else if (operation.RequestBody is not null)
        {
            Answers.Add(operation, document, 413, 415, 422);
        }
    }

    static void Path(OpenApiOperation operation, OpenApiDocument document)
    {
        if (operation.Parameters!.Any(p => p.In == ParameterLocation.Path))
        {
            Answers.Add(operation, document, 404);
        }
    }

    static void Version(OpenApiOperation operation, IList<object> metadata, OpenApiDocument document)
    {
        var needs = metadata.OfType<NeedsVersion>().Any();
        if (needs)
        {
            AddHeader(
                operation,
                "If-Match",
                "\"3\"",
                "The ETag of the version that is changed, several of which one is, or `*` for any (RFC 9110, section 13.1.1).",
                isRequired: true
            );
            Answers.Add(operation, document, 409, 412, 422, 428);
        }
        foreach (var (status, answer) in operation.Responses!.Where(r => r.Key[0] == '2' && r.Value is OpenApiResponse))
        {
            var headers = ((OpenApiResponse)answer).Headers ??= new Dictionary<string, IOpenApiHeader>();
            if (needs || metadata.OfType<HasETag>().Any())
            {
                headers["ETag"] = Answers.Header("The version, in quotation marks, for If-Match.", "\"3\"");
            }
            if (status == "201")
            {
                headers["Location"] = Answers.Header("Where it is from now on.", "/api/articles/0198a6b4-3f11-7a60-8a55-5f0c7a9d2e10");
            }
        }
    }

    static void AddHeader(OpenApiOperation operation, string name, string example, string description, bool isRequired = false) =>
        operation.Parameters!.Add(
            new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Header,
                Required = isRequired,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                Example = example,
                Description = description,
            }
        );

    /// <summary>What answers GET and HEAD answers from bytes with an ETag of their own.</summary>
    static void Conditional(OpenApiOperation operation, IList<object> metadata)
    {
        if (metadata.OfType<IHttpMethodMetadata>().LastOrDefault()?.HttpMethods.Contains("HEAD") is not true)
        {
            return;
        }
        AddHeader(
            operation,
            "If-None-Match",
            "\"5f0c7a9d2e108a557a603f11\"",
            "The ETag of an earlier answer (RFC 9110, section 13.1.2); `If-Modified-Since` is not looked at beside it."
        );
        AddHeader(
            operation,
            "If-Modified-Since",
            "Tue, 24 Nov 2026 09:30:00 GMT",
            "The Last-Modified of an earlier answer (RFC 9110, section 13.1.3), where it had one."
        );
        if (operation.Responses!.GetValueOrDefault("200") is OpenApiResponse ok)
        {
            (ok.Headers ??= new Dictionary<string, IOpenApiHeader>())["ETag"] = Answers.Header(
                "Of these bytes.",
                "\"5f0c7a9d2e108a557a603f11\""
            );
            ok.Headers["Last-Modified"] = Answers.Header(
                "When they changed last; left out where a second would not tell two changes apart.",
                "Tue, 24 Nov 2026 09:30:00 GMT"
            );
        }
        operation.Responses!["304"] = new OpenApiResponse { Description = "The earlier answer still holds." };
    }

    static async Task SecurityAsync(
        OpenApiOperation operation,
        IList<object> metadata,
        OpenApiDocument document,
        Func<IAuthorizationPolicyProvider> policies
    )
    {
        if (metadata.OfType<ProvedInside>().LastOrDefault() is { } inside)
        {
            var bearer = new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] };
            operation.Security = inside.Optional ? [bearer, new()] : [bearer];
            Answers.Add(operation, document, 401);
            return;
        }
        if (metadata.OfType<IAuthorizeData>().ToArray() is not { Length: > 0 } needed || metadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = [new()];
            return;
        }
        operation.Security = [new() { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
        if (
            await AuthorizationPolicy.CombineAsync(policies(), needed) is { } policy
            && policy.Requirements.OfType<RolesAuthorizationRequirement>().LastOrDefault() is { } roles
        )
        {
            operation.Description =
                $"{operation.Description}\n\nTakes the role {string.Join(" or ", roles.AllowedRoles.Select(role => $"`{role}`"))}.".Trim();
        }
        Answers.Add(operation, document, 401, 403);
    }
}
