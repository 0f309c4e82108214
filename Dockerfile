# The whole program as it is in the repository: Node strips the types, so nothing is built.
FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY bin bin
COPY src src
COPY migrations migrations
COPY message-templates message-templates
COPY tocsin.yml manifest.yml ./
# With the embedded database the data is here; with DATABASE_URL nothing is.
RUN mkdir .tocsin && chown node:node .tocsin
VOLUME /app/.tocsin
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=3s CMD ["node", "-e", "fetch('http://127.0.0.1:'+(process.env.PORT||3000)+'/healthz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "--max-semi-space-size=8", "bin/tocsin.mjs", "start"]
